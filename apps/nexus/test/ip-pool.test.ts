import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testNexus, type Json, type TestNexus } from "./support/nexus.ts";

let t: TestNexus;
beforeEach(async () => {
  t = await testNexus();
});
afterEach(() => t.close());

const POOLS = "/v1/system/ip-pools";
const SILO = "test-suite-silo";
const pool = (name: string, more: object = {}) => t.ok("POST", POOLS, { name, description: "", ...more });
const add = (name: string, first: string, last: string) =>
  t.call("POST", `${POOLS}/${name}/ranges/add`, { first, last });
const link = (name: string, isDefault: boolean, silo = SILO) =>
  t.call("POST", `${POOLS}/${name}/silos`, { silo, is_default: isDefault });

describe("an IP pool", () => {
  it("is unicast, of IPv4 and for silos unless it is said to be otherwise", async () => {
    expect(await pool("a")).toMatchObject({ ip_version: "v4", pool_type: "unicast", assignment: "silos" });
    expect(await pool("b", { ip_version: "v6", pool_type: "multicast", assignment: "system_services" })).toMatchObject({
      ip_version: "v6",
      pool_type: "multicast",
      assignment: "system_services",
    });
  });

  it("can be found among others by what it is", async () => {
    await pool("a");
    await pool("b", { ip_version: "v6" });
    await pool("c", { pool_type: "multicast" });
    await pool("d", { assignment: "system_services" });
    const names = async (query: string) =>
      (await t.ok("GET", `${POOLS}?${query}`)).items.map(({ name }: { name: string }) => name);
    expect(await names("")).toEqual(["a", "b", "c", "d"]);
    expect(await names("ip_version=v6")).toEqual(["b"]);
    expect(await names("pool_type=multicast")).toEqual(["c"]);
    expect(await names("assignment=system_services")).toEqual(["d"]);
    const { next_page } = await t.ok("GET", `${POOLS}?pool_type=unicast&limit=1`);
    expect(await names(`page_token=${encodeURIComponent(next_page)}`)).toEqual(["b", "d"]);
    expect((await t.call("GET", `${POOLS}?ip_version=v5`)).status).toBe(400);
  });

  it("is the operators' business", async () => {
    const stranger = { token: t.tokens.unprivileged };
    await pool("a");
    expect((await t.call("GET", POOLS, undefined, stranger)).status).toBe(403);
    expect(await t.call("GET", `${POOLS}/a`, undefined, stranger)).toMatchObject({
      status: 404,
      body: { message: 'not found: ip-pool with name "a"' },
    });
    expect((await t.call("POST", POOLS, { name: "b", description: "" }, stranger)).status).toBe(403);
  });

  it("goes with its links, but not while it has ranges", async () => {
    await pool("a");
    await link("a", true);
    await add("a", "10.0.0.1", "10.0.0.9");
    expect(await t.call("DELETE", `${POOLS}/a`)).toMatchObject({
      status: 400,
      body: { message: "IP Pool cannot be deleted while it contains IP ranges" },
    });
    const removed = await t.call("POST", `${POOLS}/a/ranges/remove`, { first: "10.0.0.1", last: "10.0.0.9" });
    expect(removed.status).toBe(204);
    await t.ok("DELETE", `${POOLS}/a`);
    expect((await t.ok("GET", `/v1/system/silos/${SILO}/ip-pools`)).items).toEqual([]);
    await pool("a");
  });

  it("serves silos or the system, and the system keeps one", async () => {
    await pool("a");
    const assign = async (name: string, assignment: string) =>
      (await t.call("POST", `${POOLS}/${name}/assignment`, { assignment })).body;
    expect((await assign("a", "silos")).message).toBe("IP Pool already has assignment 'silos'");
    expect(await assign("a", "system_services")).toMatchObject({ name: "a", assignment: "system_services" });
    const both = "IP Pools cannot be both linked to Silos and assigned for system services use.";
    expect((await link("a", false)).body.message).toBe(both);
    expect((await assign("a", "silos")).message).toMatch(/^Cannot reassign the last IP Pool/);
    expect((await t.call("DELETE", `${POOLS}/a`)).body.message).toMatch(/^Cannot delete the last IP Pool/);
    await pool("b");
    await link("b", false);
    expect((await assign("b", "system_services")).message).toBe(both);
    await pool("c", { assignment: "system_services" });
    expect(await assign("a", "silos")).toMatchObject({ assignment: "silos" });
  });
});

describe("a range", () => {
  const overlapping = (range: string) =>
    `The provided IP range ${range} overlaps with an existing IP pool range or subnet pool member`;
  const scope = (what: string) => `Cannot add IPv6 multicast range overlapping ${what} scope`;

  it.each([
    ["v4", "10.0.0.9", "10.0.0.1", "IP address ranges must be non-decreasing"],
    ["v4", "223.255.255.255", "224.0.1.0", "IP range cannot span multicast and unicast address spaces"],
    ["v4", "224.1.0.1", "224.1.0.9", "Cannot add multicast address range to unicast IP pool"],
    ["m4", "10.0.0.1", "10.0.0.9", "Cannot add unicast address range to multicast IP pool"],
    ["m4", "224.0.0.200", "224.0.1.9", "Cannot add IPv4 link-local multicast range (224.0.0.0/24) to IP pool"],
    ["m4", "231.255.255.255", "232.1.0.1", "IP range cannot span ASM and SSM address spaces"],
    ["m4", "231.0.0.0", "233.0.0.0", "IP range cannot span ASM and SSM address spaces"],
    ["m4", "232.0.0.9", "232.0.1.9", "Cannot add reserved IPv4 SSM range (232.0.0.0/24) to IP pool"],
    ["m6", "ff00::1", "ff00::2", `${scope("reserved")} (ff00::/16) to IP pool`],
    ["m6", "ff01::1", "ff01::2", `${scope("interface-local")} (ff01::/16) to IP pool`],
    ["m6", "ff12::1", "ff12::2", `${scope("link-local")} (ff12::/16) to IP pool`],
    ["m6", "ff33::1", "ff33::2", `${scope("realm-local")} (ff33::/16) to IP pool`],
    ["m6", "ff05::1", "ff06::1", `${scope("unassigned")} (ff06::/16) to IP pool`],
    [
      "m6",
      "ff04::1",
      "ff04::9",
      "Cannot add IPv6 underlay multicast range (ff04::/64) to IP pool - reserved for internal use",
    ],
    ["m6", "ff3e:0:ffff::", "ff3e:1::", "IP range cannot span ASM and SSM address spaces"],
    [
      "m6",
      "ff3e::1",
      "ff3e::9",
      "IPv6 SSM range must fall within the dynamically allocatable group IDs (ff3x::8000:0 through ff3x::ffff:ffff per RFC 4607)",
    ],
    ["v4", "fd00::1", "fd00::9", 'Cannot add IPv6 address range to IPv4 pool with ID "'],
    ["v6", "10.0.0.1", "10.0.0.9", 'Cannot add IPv4 address range to IPv6 pool with ID "'],
    ["m4", "ff0e::1", "ff0e::9", 'Cannot add IPv6 address range to IPv4 pool with ID "'],
  ])("of pool %s may not be %s to %s", async (name, first, last, message) => {
    await pool(name, {
      ip_version: name.endsWith("6") ? "v6" : "v4",
      pool_type: name.startsWith("m") ? "multicast" : "unicast",
    });
    const answer = await add(name, first, last);
    expect(answer.status).toBe(400);
    expect(answer.body.message.slice(0, message.length)).toBe(message);
    expect((await t.ok("GET", `${POOLS}/${name}/ranges`)).items).toEqual([]);
  });

  it.each([
    ["v4", "239.0.0.0", "239.255.255.255"],
    ["v4", "233.0.0.1", "233.0.0.1"],
    ["v4", "232.0.1.0", "232.255.255.255"],
    ["v6", "ff04:0:0:1::", "ff04:0:0:1::9"],
    ["v6", "ff3e::8000:0", "ff3e::ffff:ffff"],
    ["v6", "ff3e:1::1", "ff3e:1::9"],
    ["v6", "ff0e::", "ff0e::ffff"],
    ["v6", "ff18::1", "ff18::1"],
  ])("of a multicast pool of %s may be %s to %s", async (ip_version, first, last) => {
    await pool("m", { ip_version, pool_type: "multicast" });
    expect(await add("m", first, last)).toMatchObject({ status: 201, body: { range: { first, last } } });
  });

  it("is of one kind per multicast pool", async () => {
    await pool("m", { pool_type: "multicast" });
    await add("m", "239.0.0.1", "239.0.0.9");
    expect((await add("m", "232.1.0.1", "232.1.0.9")).body.message).toBe(
      "Cannot mix SSM and ASM ranges in the same multicast pool",
    );
    await pool("s", { pool_type: "multicast" });
    await add("s", "232.1.0.1", "232.1.0.9");
    expect((await add("s", "239.0.1.1", "239.0.1.9")).body.message).toBe(
      "Cannot mix ASM and SSM ranges in the same multicast pool",
    );
  });

  it("overlaps no other of any pool", async () => {
    await pool("a");
    await pool("b");
    await add("a", "10.0.0.10", "10.0.0.20");
    for (const [first, last] of [
      ["10.0.0.1", "10.0.0.10"],
      ["10.0.0.20", "10.0.0.30"],
      ["10.0.0.12", "10.0.0.13"],
      ["10.0.0.1", "10.0.0.30"],
    ] as const) {
      expect((await add("b", first, last)).body.message).toBe(overlapping(`${first}-${last}`));
    }
    expect((await add("b", "10.0.0.21", "10.0.0.21")).status).toBe(201);
  });

  it("is listed in the order of addresses, page by page", async () => {
    await pool("a");
    for (const n of [30, 10, 20]) await add("a", `10.0.0.${n}`, `10.0.0.${n + 1}`);
    const first = await t.ok("GET", `${POOLS}/a/ranges?limit=2`);
    const second = await t.ok("GET", `${POOLS}/a/ranges?limit=2&page_token=${encodeURIComponent(first.next_page)}`);
    const starts = [...first.items, ...second.items].map(({ range }) => range.first);
    expect(starts).toEqual(["10.0.0.10", "10.0.0.20", "10.0.0.30"]);
  });

  it("stays while an address of it is in use, and goes only as a whole", async () => {
    await pool("a");
    await link("a", true);
    await add("a", "10.0.0.1", "10.0.0.9");
    const remove = (first: string, last: string) => t.call("POST", `${POOLS}/a/ranges/remove`, { first, last });
    expect((await remove("10.0.0.1", "10.0.0.8")).body.message).toBe(
      "The provided range 10.0.0.1-10.0.0.8 does not exist",
    );
    await t.ok("POST", "/v1/projects", { name: "p", description: "" });
    await t.ok("POST", "/v1/floating-ips?project=p", { name: "f", description: "" });
    expect((await remove("10.0.0.1", "10.0.0.9")).body.message).toBe(
      "IP pool ranges cannot be deleted while external IP addresses are allocated from them",
    );
    expect((await t.call("DELETE", `${POOLS}/a/silos/${SILO}`)).body.message).toBe(
      "IP addresses from this pool are in use in the linked silo",
    );
    await t.ok("DELETE", "/v1/floating-ips/f?project=p");
    expect((await remove("10.0.0.1", "10.0.0.9")).status).toBe(204);
    expect((await t.call("DELETE", `${POOLS}/a/silos/${SILO}`)).status).toBe(204);
  });

  it("counts for the utilization of its pool", async () => {
    await pool("a", { ip_version: "v6" });
    await link("a", true);
    expect(await t.ok("GET", `${POOLS}/a/utilization`)).toEqual({ capacity: 0, remaining: 0 });
    await add("a", "fd00::1", "fd00::a");
    await t.ok("POST", "/v1/projects", { name: "p", description: "" });
    await t.ok("POST", "/v1/floating-ips?project=p", { name: "f", description: "" });
    expect(await t.ok("GET", `${POOLS}/a/utilization`)).toEqual({ capacity: 10, remaining: 9 });
    await add("a", "fd01::", "fd01::ffff:ffff:ffff:ffff");
    expect((await t.ok("GET", `${POOLS}/a/utilization`)).capacity).toBe(2 ** 64 + 10);
  });
});

describe("a link to a silo", () => {
  it("makes a pool usable, and the default of its type and version at most once", async () => {
    const a = await pool("a");
    await pool("b");
    await pool("six", { ip_version: "v6" });
    const silo = await t.ok("GET", `/v1/system/silos/${SILO}`);
    expect((await link("a", true)).body).toEqual({ ip_pool_id: a.id, silo_id: silo.id, is_default: true });
    for (const again of [await link("a", false), await link("b", true)]) {
      expect(again).toMatchObject({ status: 400, body: { error_code: "ObjectAlreadyExists" } });
    }
    expect((await link("b", false)).status).toBe(201);
    expect((await link("six", true)).status).toBe(201);
    const set = (name: string, is_default: boolean) => t.ok("PUT", `${POOLS}/${name}/silos/${SILO}`, { is_default });
    expect(await set("b", true)).toMatchObject({ is_default: true });
    const defaults = async () =>
      (await t.ok("GET", "/v1/ip-pools")).items.map((each: { name: string; is_default: boolean }) => [
        each.name,
        each.is_default,
      ]);
    expect(await defaults()).toEqual([
      ["a", false],
      ["b", true],
      ["six", true],
    ]);
    await set("b", false);
    expect(await defaults()).toEqual([
      ["a", false],
      ["b", false],
      ["six", true],
    ]);
    expect((await t.ok("GET", `${POOLS}/a/silos`)).items).toEqual([
      { ip_pool_id: a.id, silo_id: silo.id, is_default: false },
    ]);
  });

  it("makes up to four defaults of a silo: one of each type and version", async () => {
    const kinds = ["unicast", "multicast"].flatMap((pool_type) =>
      ["v4", "v6"].map((ip_version) => ({ pool_type, ip_version })),
    );
    for (const kind of kinds) {
      const name = `${kind.pool_type}-${kind.ip_version}`;
      await pool(name, kind);
      await pool(`${name}-b`, kind);
      expect((await link(name, true)).status).toBe(201);
      expect((await link(`${name}-b`, true)).body.error_code).toBe("ObjectAlreadyExists");
      expect((await link(`${name}-b`, false)).status).toBe(201);
    }
    const shown = async (query: string) =>
      (await t.ok("GET", `/v1/ip-pools?${query}`)).items.map(({ name, is_default }: Json) => `${name} ${is_default}`);
    expect(await shown("pool_type=multicast&ip_version=v6")).toEqual(["multicast-v6 true", "multicast-v6-b false"]);
    await t.ok("PUT", `${POOLS}/multicast-v6-b/silos/${SILO}`, { is_default: true });
    expect((await shown("")).filter((each: string) => each.endsWith("true"))).toEqual([
      "multicast-v4 true",
      "multicast-v6-b true",
      "unicast-v4 true",
      "unicast-v6 true",
    ]);
  });

  it("must be there to be changed, need not be there to be removed, and is not for the system's own silo", async () => {
    const { id } = await pool("a");
    expect(await t.call("PUT", `${POOLS}/a/silos/${SILO}`, { is_default: true })).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining(`ip_pool_id: ${id}, silo_id: `) },
    });
    expect((await t.call("DELETE", `${POOLS}/a/silos/${SILO}`)).status).toBe(204);
    expect((await link("a", false, "nope")).body.message).toBe('not found: silo with name "nope"');
  });

  it("is what users see of pools", async () => {
    await pool("a");
    await pool("b");
    await link("a", true);
    expect(await t.ok("GET", "/v1/ip-pools/a")).toMatchObject({ name: "a", is_default: true, ip_version: "v4" });
    expect((await t.call("GET", "/v1/ip-pools/b")).body.message).toBe('not found: ip-pool with name "b"');
    expect((await t.ok("GET", "/v1/ip-pools?ip_version=v6")).items).toEqual([]);
  });
});

describe("older versions", () => {
  const old = { version: "2025112000.0.0" };

  it("show pools without what came later", async () => {
    const created = await t.ok("POST", POOLS, { name: "a", description: "", assignment: "system_services" }, old);
    expect(created).not.toHaveProperty("assignment");
    expect((await t.ok("GET", `${POOLS}/a`)).assignment).toBe("silos");
    await link("a", true);
    const before = { version: "2025123100.0.0" };
    for (const seen of [
      await t.ok("GET", "/v1/ip-pools/a", undefined, before),
      (await t.ok("GET", "/v1/ip-pools", undefined, before)).items[0],
      (await t.ok("GET", `/v1/system/silos/${SILO}/ip-pools`, undefined, before)).items[0],
    ]) {
      expect(seen).toMatchObject({ name: "a", is_default: true });
      expect(seen).not.toHaveProperty("ip_version");
    }
    expect((await t.ok("GET", "/v1/ip-pools/a", undefined, { version: "2026010100.0.0" })).pool_type).toBe("unicast");
  });

  it("know one pool of the system's services, with its ranges", async () => {
    const path = "/v1/system/ip-pools-service";
    const v4 = { first: "10.9.0.1", last: "10.9.0.9" };
    const at = (method: string, more: string, body?: object) => t.call(method, `${path}${more}`, body, old);
    const none = { status: 404, body: { message: "no system-service IP pool of the requested IP version" } };
    expect(await at("GET", "")).toMatchObject(none);
    expect(await at("GET", "/ranges")).toMatchObject(none);
    expect(await at("POST", "/ranges/add", v4)).toMatchObject(none);
    await pool("services", { assignment: "system_services" });
    await pool("services6", { assignment: "system_services", ip_version: "v6" });
    expect((await at("GET", "")).body).toEqual(await t.ok("GET", `${POOLS}/services`, undefined, old));
    expect((await at("POST", "/ranges/add", v4)).status).toBe(201);
    expect((await at("POST", "/ranges/add", { first: "fd09::1", last: "fd09::9" })).body.message).toBe(
      "IPv6 ranges are not allowed yet",
    );
    expect((await at("GET", "/ranges")).body.items).toMatchObject([{ range: v4 }]);
    const stranger = { ...old, token: t.tokens.unprivileged };
    expect((await t.call("GET", path, undefined, stranger)).status).toBe(404);
    expect((await t.call("POST", `${path}/ranges/remove`, v4, stranger)).status).toBe(404);
    expect((await at("POST", "/ranges/remove", v4)).status).toBe(204);
    expect((await at("POST", "/ranges/remove", v4)).status).toBe(404);
    await pool("more", { assignment: "system_services" });
    expect((await at("GET", "")).body.message).toMatch(/^more than one system-service IP pool/);
    expect((await t.call("GET", path, undefined, { version: "2026060800.0.0" })).status).toBe(400);
    expect((await t.call("GET", path, undefined, { version: "2026061100.0.0" })).status).toBe(404);
  });

  it("have no assignment endpoint, and ignore the filters", async () => {
    await pool("a");
    await pool("b", { ip_version: "v6" });
    const before = { version: "2026060800.0.0" };
    expect((await t.call("POST", `${POOLS}/a/assignment`, { assignment: "silos" }, before)).status).toBe(404);
    expect((await t.ok("GET", `${POOLS}?ip_version=v6`, undefined, before)).items).toHaveLength(2);
  });

  it.each(["2025112000.0.0", "2026020900.0.0", "2026060800.0.0"])(
    "list the pools of silos only (%s)",
    async (version) => {
      for (const name of ["a", "c"]) await pool(name);
      await pool("b", { assignment: "system_services" });
      const names = (page: { items: { name: string }[] }) => page.items.map(({ name }) => name);
      expect(names(await t.ok("GET", `${POOLS}?limit=2`, undefined, { version }))).toEqual(["a", "c"]);
      expect(names(await t.ok("GET", POOLS))).toEqual(["a", "b", "c"]);
    },
  );
});
