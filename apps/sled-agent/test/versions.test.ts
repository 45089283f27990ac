/** Every version of the API against the newest service. */
import { bodyKey, revisionAt, type OperationInput, type Revision } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/sled-agent.validators.js";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { V } from "@racklet/api-types/sled-agent/versions";
import { canonicalUuid } from "@racklet/net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INSTANCE, NIC, V4, V6, VMM, bodyAt, first, newest, nic, type Body } from "./bodies.ts";
import { SLED_ID, rig, stateIn } from "./rig.ts";

const versions = sledAgentApi.versions.all;
const operation: OperationInput = sledAgentApi.operations.vmm_register;
const path = `/vmms/${VMM}`;

describe("registering a VMM", () => {
  test.each([1, 2, 6, 7, 8, 9, 10, 11, 16, 17, 18, 28, 29, 30, 31, 32, 40, 41, 43, 44, 48, 49])(
    "in the shape of version %i works, and the VMM runs with its port and address",
    async (version) => {
      const r = rig();
      const ask = (method: string, p: string, body?: unknown) => r.ask(method, p, body, `${version}.0.0`);
      const answer = await ask("PUT", path, bodyAt(version));
      expect(answer).toMatchObject({ status: 200, body: { vmm_state: { state: "starting" } } });
      await ask("PUT", `${path}/state`, { state: { type: "running" } });
      await r.sim.clock.advance(500);
      expect(stateIn(await ask("GET", `${path}/state`))?.state).toBe("running");
      const snat = { ip: "192.168.1.10", first_port: version < 32 ? 0 : 16384 };
      expect((await ask("GET", "/debug/opte/ports")).body).toMatchObject([
        { ip_config: { v4: V4, v6: null }, external_ips: { v4: { source_nat: snat } } },
      ]);
    },
  );

  test.each(versions.map(({ semver }) => semver.major))(
    "in a shape older than version %i, without a field that it requires, is a 400 that names it",
    async (version) => {
      const required: Record<number, string | undefined> = {
        7: "multicast_groups",
        9: "delegated_zvols",
        11: "firewall_rules",
        18: "attached_subnets",
        32: "external_ips",
      };
      const field = required[version] ?? "hostname";
      const { [field]: _, ...config } = bodyAt(version).local_config;
      const r = rig();
      const answer = await r.ask("PUT", path, { ...bodyAt(version), local_config: config }, `${version}.0.0`);
      expect(answer.status).toBe(400);
      const { message } = answer.body as { message: string };
      expect(message).toMatch(/^unable to parse JSON body: /);
      expect(message).toContain(field);
    },
  );

  const refusals: [what: string, version: number, body: unknown, message: string][] = [
    [
      "address and subnet of two families",
      9,
      first9({ subnet: "fd00:2::/64" }),
      "IP address and subnet must have the same IP version",
    ],
    [
      "a transit network of the other family",
      9,
      first9({ transit_ips: ["fd00::/64"] }),
      "expected an IPv4 transit IP subnet",
    ],
    ["an address outside its subnet", 9, first9({ ip: "10.9.9.9" }), "is not in subnet"],
    ["a subnet that is too small", 9, first9({ subnet: "172.30.0.0/28" }), "between 8 and 26"],
    [
      "external addresses of two families",
      10,
      at10({ ephemeral_ip: "2001:db8::1" }),
      "must all be of the same IP version",
    ],
    [
      "a floating address of another family",
      10,
      at10({ floating_ips: ["2001:db8::1"] }),
      "must all be of the same IP version",
    ],
    [
      "source NAT that is no block",
      10,
      at10({ source_nat: { ip: "10.0.0.1", first_port: 5, last_port: 16388 } }),
      "invalid external IP config: snat port range is not aligned to 16384: (5, 16388)",
    ],
    ["the same, from the first version", 1, first({ floating_ips: ["2001:db8::1"] }), "invalid external IP config"],
  ];
  test.each(refusals)("with %s is refused with InvalidRequest at version %i", async (_, version, body, message) => {
    const r = rig();
    const answer = await r.ask("PUT", path, body, `${version}.0.0`);
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect((answer.body as { message: string }).message).toContain(message);
    expect((await r.ask("GET", `${path}/state`)).status).toBe(404);
  });

  test("ICMPv6 in a firewall rule is known from version 31 on", async () => {
    const rule = {
      status: "enabled",
      direction: "inbound",
      action: "allow",
      priority: 1,
      targets: [],
      filter_protocols: [{ type: "icmp6", value: null }],
    };
    const withRule = (version: number) => {
      const body = bodyAt(version);
      return { ...body, local_config: { ...body.local_config, firewall_rules: [rule] } };
    };
    expect((await rig().ask("PUT", path, withRule(30), "30.0.0")).status).toBe(400);
    expect((await rig().ask("PUT", path, withRule(31), "31.0.0")).status).toBe(200);
  });
});

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function first9(nicChange: Record<string, unknown>): Body {
  const body = bodyAt(9);
  return { ...body, local_config: { ...body.local_config, nics: first({}, nicChange).local_config["nics"] } };
}
function at10(change: Record<string, unknown>): Body {
  const body = bodyAt(10);
  return { ...body, local_config: { ...body.local_config, ...change } };
}

describe("the conversion chain", () => {
  const v4 = fc.ipV4().filter((ip) => ip !== "0.0.0.0");
  const config = fc.record({
    ip: v4,
    length: fc.integer({ min: 8, max: 26 }),
    block: fc.integer({ min: 0, max: 3 }),
    snat: v4,
    ephemeral: fc.option(v4),
    floating: fc.array(v4, { maxLength: 5 }),
  });

  test("takes every valid body of the first version to a valid one of each later version, and loses no address", () => {
    fc.assert(
      fc.property(config, ({ ip, length, block, snat, ephemeral, floating }) => {
        let value: unknown = first(
          {
            source_nat: { ip: snat, first_port: block * 16384, last_port: block * 16384 + 16383 },
            ephemeral_ip: ephemeral,
            floating_ips: floating,
            firewall_rules: [],
          },
          { ip, subnet: `${ip}/${length}` },
        );
        for (const revision of operation.revisions.toReversed() as Revision[]) {
          const since = versions[revision.since]?.semver.text ?? "";
          const check = bodyValidators[bodyKey("vmm_register", since)];
          expect(check?.(value), since).toBe(null);
          // Each revision but the newest converts to the next.
          if (revision.up !== undefined) value = (revision.up as (body: unknown) => unknown)(value);
        }
        expect((value as Body).local_config["external_ips"]).toEqual({
          v4: {
            source_nat: { ip: snat, first_port: block * 16384, last_port: block * 16384 + 16383 },
            ephemeral_ip: ephemeral,
            floating_ips: [...new Set(floating)],
          },
        });
        expect((value as Body).local_config["nics"]).toMatchObject([
          { id: NIC, ip_config: { type: "v4", value: { ip, subnet: `${ip}/${length}`, transit_ips: [] } } },
        ]);
      }),
    );
  });

  test("never changes what it converts", () => {
    let value: unknown = first();
    for (const revision of operation.revisions.toReversed() as Revision[]) {
      // Writing to a frozen object throws.
      if (revision.up !== undefined) value = (revision.up as (body: unknown) => unknown)(frozen(value));
    }
    expect(value).toMatchObject({ local_config: { multicast_groups: [], delegated_zvols: [], attached_subnets: [] } });
  });

  test("takes a null, a one-family and a two-family address configuration to the form of version 32", () => {
    const revision = operation.revisions[revisionAt(operation, V.ADD_ICMPV6_FIREWALL_SUPPORT)] as Revision;
    const up = (external: unknown) =>
      (
        (revision.up as (body: unknown) => unknown)({
          ...bodyAt(31),
          local_config: { ...bodyAt(31).local_config, external_ips: external },
        }) as Body
      ).local_config["external_ips"];
    const one = { source_nat: null, ephemeral_ip: null, floating_ips: ["a", "a"] };
    const set = { ...one, floating_ips: ["a"] };
    expect(up(null)).toEqual({});
    expect(up({ type: "v4", value: one })).toEqual({ v4: set });
    expect(up({ type: "v6", value: one })).toEqual({ v6: set });
    expect(up({ type: "dual_stack", value: { v4: one, v6: one } })).toEqual({ v4: set, v6: set });
  });
});

describe("who the sled is", () => {
  test("its role is asked for up to version 7, and no route later", async () => {
    const r = rig({ config: { scrimlet: true } });
    expect(await r.ask("GET", "/sled-role", undefined, "7.0.0")).toEqual({ status: 200, body: "scrimlet" });
    expect((await r.ask("GET", "/sled-role", undefined, "8.0.0")).status).toBe(404);
  });

  test("the inventory names the baseboard in the words of the version", async () => {
    const r = rig();
    const old = await r.ask("GET", "/inventory", undefined, "42.0.0");
    expect(old.body).toMatchObject({
      baseboard: { type: "gimlet", identifier: "TESTSLED", model: "913-0000019", revision: 0 },
    });
    expect(old.body).not.toHaveProperty("baseboard_id");
    const now = await r.ask("GET", "/inventory", undefined, "43.0.0");
    expect(now.body).toMatchObject({
      sled_id: SLED_ID,
      baseboard_id: { part_number: "913-0000019", serial_number: "TESTSLED" },
    });
    expect(now.body).not.toHaveProperty("baseboard");
  });

  test("its identifiers are complete", async () => {
    const answer = await rig().ask("GET", "/sled-identifiers");
    expect(answer.body).toEqual({
      sled_id: SLED_ID,
      rack_id: "c19a698f-c6f9-4a17-ae30-20d711b8f7dc",
      model: "913-0000019",
      revision: 6,
      serial: "TESTSLED",
    });
  });
});

describe("a request whose version cannot be served", () => {
  test.each([
    ["50.0.0", "server does not support this API version: 50.0.0"],
    ["nonsense", "bad value for header"],
  ])("%s is a 400 that says so, on any path", async (version, message) => {
    for (const asked of ["/inventory", "/nowhere"]) {
      const answer = await rig().ask("GET", asked, undefined, version);
      expect(answer.status).toBe(400);
      expect((answer.body as { message: string }).message).toContain(message);
    }
  });
});

describe("mappings from virtual to physical addresses", () => {
  const mapping = {
    virtual_ip: V4.ip,
    virtual_mac: "a8:40:25:f0:0:1",
    physical_host_ip: "fd00:1122:3344:102::1",
    vni: 2000,
  };

  test("are replaced by network and address, written in one form, and deleted by the same", async () => {
    const r = rig();
    expect((await r.ask("PUT", "/v2p", mapping)).status).toBe(204);
    await r.ask("PUT", "/v2p", { ...mapping, physical_host_ip: "FD00:1122:3344:103:0::1" });
    await r.ask("PUT", "/v2p", { ...mapping, vni: 2001 });
    await r.ask("PUT", "/v2p", { ...mapping, virtual_ip: V6.ip });
    const listed = (await r.ask("GET", "/v2p")).body;
    const written = { ...mapping, virtual_mac: "A8:40:25:F0:00:01", physical_host_ip: "fd00:1122:3344:103::1" };
    expect(listed).toEqual([
      written,
      { ...written, virtual_ip: V6.ip, physical_host_ip: "fd00:1122:3344:102::1" },
      { ...written, vni: 2001, physical_host_ip: "fd00:1122:3344:102::1" },
    ]);
    expect((await r.ask("GET", "/debug/opte/v2p")).body).toEqual(listed);
    for (let i = 0; i < 2; i += 1) expect((await r.ask("DELETE", "/v2p", mapping)).status).toBe(204);
    expect((await r.ask("GET", "/v2p")).body).toHaveLength(2);
  });

  test("with a network number beyond 24 bits are refused", async () => {
    const answer = await rig().ask("PUT", "/v2p", { ...mapping, vni: 0x100_0000 });
    expect(answer.status).toBe(400);
    expect((answer.body as { message: string }).message).toMatch(/^unable to parse JSON body: vni/);
  });
});

test("a VMM is found by every spelling of its id", async () => {
  const r = rig();
  await r.ask("PUT", path, newest({ nics: [nic()] }));
  for (const id of [VMM.toUpperCase(), VMM.replaceAll("-", ""), `urn:uuid:${VMM}`]) {
    expect(canonicalUuid(id)).toBe(VMM);
    expect((await r.ask("GET", `/vmms/${id}/state`)).status).toBe(200);
  }
  expect((await r.ask("GET", `/vmms/${INSTANCE}x/state`)).status).toBe(400);
});
