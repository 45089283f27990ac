import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testNexus, type TestNexus } from "./support/nexus.ts";

let t: TestNexus;
beforeEach(async () => {
  t = await testNexus();
  await t.ok("POST", "/v1/projects", { name: "p", description: "" });
  await pool("four", "10.0.0.1", "10.0.0.9", true);
  await pool("other", "10.1.0.1", "10.1.0.9", false);
});
afterEach(() => t.close());

async function pool(name: string, first: string, last: string, isDefault: boolean): Promise<void> {
  const ip_version = first.includes(":") ? "v6" : "v4";
  await t.ok("POST", "/v1/system/ip-pools", { name, description: "", ip_version });
  await t.ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
  await t.ok("POST", `/v1/system/ip-pools/${name}/silos`, { silo: "test-suite-silo", is_default: isDefault });
}

const create = (name: string, more: object, version?: string) =>
  t.call(
    "POST",
    "/v1/floating-ips?project=p",
    { name, description: "", ...more },
    version === undefined ? {} : { version },
  );

describe("a floating IP", () => {
  it("takes an address, keeps it, and gives it back", async () => {
    const created = await create("f", {});
    expect(created).toMatchObject({ status: 201, body: { name: "f", ip: "10.0.0.1", instance_id: null } });
    expect(await t.ok("GET", "/v1/floating-ips/f?project=p")).toEqual(created.body);
    expect((await t.ok("GET", "/v1/floating-ips?project=p")).items).toEqual([created.body]);
    expect(await t.ok("PUT", "/v1/floating-ips/f?project=p", { name: "g" })).toMatchObject({
      name: "g",
      ip: "10.0.0.1",
    });
    expect((await t.call("DELETE", "/v1/floating-ips/g?project=p")).status).toBe(204);
    expect((await t.call("GET", `/v1/floating-ips/${created.body.id}`)).status).toBe(404);
    expect((await create("h", {})).body.ip).toBe("10.0.0.1");
  });

  it("keeps its project", async () => {
    await create("f", {});
    await t.ok("DELETE", "/v1/vpc-subnets/default?project=p&vpc=default");
    await t.ok("DELETE", "/v1/vpcs/default?project=p");
    expect((await t.call("DELETE", "/v1/projects/p")).body.message).toBe(
      "project to be deleted contains a floating ip: f",
    );
  });

  it("answers 507 when the pool is empty", async () => {
    for (let i = 0; i < 9; i++) await create(`f${i}`, {});
    expect(await create("f9", {})).toMatchObject({
      status: 507,
      body: {
        error_code: "InsufficientCapacity",
        message: "Insufficient capacity: No external IP addresses available",
      },
    });
  });
});

describe("the address", () => {
  const explicit = (ip: string) => ({ address_allocator: { type: "explicit", ip } });
  const fromPool = (name: string) => ({
    address_allocator: { type: "auto", pool_selector: { type: "explicit", pool: name } },
  });

  it("is the one asked for, or the lowest of the pool asked for", async () => {
    expect((await create("a", explicit("10.1.0.5"))).body.ip).toBe("10.1.0.5");
    expect((await create("b", fromPool("other"))).body.ip).toBe("10.1.0.1");
    expect((await create("c", { address_allocator: { type: "auto" } })).body.ip).toBe("10.0.0.1");
  });

  it("may be written in any form", async () => {
    await pool("six", "fd00::1", "fd00::9", false);
    expect((await create("a", explicit("FD00:0::0005"))).body.ip).toBe("fd00::5");
    expect((await create("b", explicit("fd00::5"))).body.message).toBe("Requested external IP address not available");
  });

  it("is of the version asked for, which must be said when there are two defaults", async () => {
    await pool("six", "fd00::1", "fd00::9", true);
    const auto = (ip_version: string) => ({
      address_allocator: { type: "auto", pool_selector: { type: "auto", ip_version } },
    });
    expect((await create("a", {})).body.message).toMatch(/^Multiple default unicast IP pools exist/);
    expect((await create("a", auto("v6"))).body.ip).toBe("fd00::1");
    expect((await create("b", auto("v4"))).body.ip).toBe("10.0.0.1");
  });

  // [version, body, the address, or the refusal]
  it.each([
    ["2025112000.0.0", {}, "10.0.0.1"],
    ["2025112000.0.0", { ip: "10.1.0.3" }, "10.1.0.3"],
    ["2025112000.0.0", { ip: "10.1.0.3", pool: "other" }, "10.1.0.3"],
    ["2025112000.0.0", { pool: "other" }, "10.1.0.1"],
    ["2025112000.0.0", { pool: "other", ip_version: "v4" }, "10.1.0.1"],
    ["2025122300.0.0", { ip_version: "v4" }, "10.0.0.1"],
    ["2025122300.0.0", { ip_version: "v6" }, "not found: default unicast IPv6 pool for current silo"],
    ["2025122300.0.0", { pool: "other" }, "10.1.0.1"],
    [
      "2026010300.0.0",
      { ip: "10.1.0.3", ip_version: "v4" },
      "cannot specify both `ip` and `ip_version`; the IP version is determined by the explicit IP address",
    ],
    [
      "2025122300.0.0",
      { pool: "other", ip_version: "v4" },
      "cannot specify both `pool` and `ip_version`; `ip_version` is only used when allocating from the default pool",
    ],
    ["2026010500.0.0", {}, "10.0.0.1"],
    ["2026010500.0.0", { address_selector: { type: "explicit", ip: "10.1.0.4", pool: "other" } }, "10.1.0.4"],
    [
      "2026011500.0.0",
      { address_selector: { type: "auto", pool_selector: { type: "explicit", pool: "other" } } },
      "10.1.0.1",
    ],
    ["2026011600.0.0", { address_allocator: { type: "explicit", ip: "10.1.0.4", pool: "other" } }, "10.1.0.4"],
    ["2026012200.0.0", { address_allocator: { type: "explicit", ip: "10.1.0.4" } }, "10.1.0.4"],
  ])("is chosen in the words of %s: %j", async (version, body, expected) => {
    const answer = await create("f", body, version);
    expect(answer.body.ip ?? answer.body.message).toBe(expected);
    expect(answer.status).toBe(expected.startsWith("10.") ? 201 : expected.startsWith("not found") ? 404 : 400);
  });
});
