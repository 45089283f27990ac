/** What ports share and are told while they run: routes, firewall rules, internet gateways, attached subnets. */
import { beforeEach, describe, expect, test } from "vitest";
import { INSTANCE, NIC, VMM, dualStack, first, newest, nic, spec } from "./bodies.ts";
import { rig, type Answer, type Rig } from "./rig.ts";

const messageOf = (answer: Answer): string => (answer.body as { message: string }).message;
const OTHER_VMM = "0a000000-0000-4000-8000-000000000002";
const OTHER_NIC = "0c000000-0000-4000-8000-000000000002";
const ROUTER = "0f000000-0000-4000-8000-000000000001";

let r: Rig;
beforeEach(() => {
  r = rig();
});

interface PortView {
  readonly propolis_id: string;
  readonly attached_subnets: unknown;
  readonly firewall_rules: unknown[];
}
const ports = async (): Promise<PortView[]> => (await r.ask("GET", "/debug/opte/ports")).body as PortView[];
const violations = async () => (await r.ask("GET", "/debug/opte/violations")).body;

async function run(config: Record<string, unknown> = {}, id = VMM, nicId = NIC): Promise<void> {
  const components = JSON.parse(JSON.stringify(spec({ has_write_cache: true })).replaceAll(NIC, nicId)) as unknown;
  const body = newest({ nics: [{ ...nic(), id: nicId }], ...config }, { vmm_spec: components, instance_id: INSTANCE });
  expect((await r.ask("PUT", `/vmms/${id}`, body)).status).toBe(200);
  await r.ask("PUT", `/vmms/${id}/state`, { state: { type: "running" } });
  await r.sim.clock.advance(500);
}

describe("routes", () => {
  const system = { vni: 2000, kind: { type: "system" } };
  const custom = { vni: 2000, kind: { type: "custom", subnet: "172.30.0.0/22" } };
  const toInternet = {
    dest: "0.0.0.0/0",
    target: { type: "internet_gateway", value: { type: "instance", value: ROUTER } },
  };
  const dropped = { dest: "10.0.0.0/8", target: { type: "drop" } };
  const put = (id: unknown, version: number | null, routes: unknown[], routerId = ROUTER) =>
    r.ask("PUT", "/vpc-routes", [{ id, version: version === null ? null : { router_id: routerId, version }, routes }]);
  const list = async () => (await r.ask("GET", "/vpc-routes")).body;
  const inEngine = (table: "system" | "customV4" | "customV6" = "system", port = 0): string[] =>
    [...([...r.ctx.opte.ports.engine.ports().values()][port]?.routes[table].keys() ?? [])].sort();

  test("are kept for routers that ports use, without any at first, and forgotten with the last port", async () => {
    expect(await list()).toEqual([]);
    await run({ nics: [nic(dualStack)] });
    expect(await list()).toEqual([
      { id: system, version: null },
      { id: custom, version: null },
      { id: { vni: 2000, kind: { type: "custom", subnet: "fd00:2::/64" } }, version: null },
    ]);
    await run({}, OTHER_VMM, OTHER_NIC);
    await r.ask("DELETE", `/vmms/${VMM}`);
    expect(await list()).toEqual([
      { id: system, version: null },
      { id: custom, version: null },
    ]);
    await r.ask("DELETE", `/vmms/${OTHER_VMM}`);
    expect(await list()).toEqual([]);
  });

  test("reach every port of the router, and ports that come later", async () => {
    await run();
    expect((await put(system, 1, [toInternet, dropped])).status).toBe(204);
    await put(custom, 1, [dropped]);
    await run({}, OTHER_VMM, OTHER_NIC);
    for (const port of [0, 1]) {
      expect(inEngine("system", port)).toEqual([`0.0.0.0/0 internetGateway ${ROUTER}`, "10.0.0.0/8 drop"]);
      expect(inEngine("customV4", port)).toEqual(["10.0.0.0/8 drop"]);
    }
    await put(system, 2, [dropped]);
    expect(inEngine("system", 1)).toEqual(["10.0.0.0/8 drop"]);
    expect(await violations()).toEqual([]);
  });

  test.each([
    ["a higher version of the same router", 6, ROUTER, true],
    ["the same version", 5, ROUTER, false],
    ["a lower version", 4, ROUTER, false],
    ["a lower version of another router", 1, INSTANCE, true],
    ["no version", null, ROUTER, true],
  ])("%s, after version 5: replaced = %4$s", async (_, version, routerId, isReplaced) => {
    await run();
    await put(system, 5, [dropped]);
    expect((await put(system, version, [toInternet], routerId)).status).toBe(204);
    expect(inEngine().includes("10.0.0.0/8 drop")).toBe(!isReplaced);
    const known = isReplaced ? version : 5;
    expect(await list()).toMatchObject([
      { version: known === null ? null : { router_id: isReplaced ? routerId : ROUTER, version: known } },
      {},
    ]);
  });

  test("of a router that no port uses are ignored; of one named twice refused, with nothing applied", async () => {
    await run();
    expect((await put({ vni: 9999, kind: { type: "system" } }, 1, [dropped])).status).toBe(204);
    expect(await list()).toHaveLength(2);
    const set = { id: system, version: null, routes: [dropped] };
    const answer = await r.ask("PUT", "/vpc-routes", [set, { ...set, routes: [] }]);
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect(inEngine()).toEqual([]);
  });
});

describe("firewall rules", () => {
  const rule = (other: object = {}) => ({
    status: "enabled",
    direction: "inbound",
    action: "allow",
    priority: 100,
    targets: [] as unknown[],
    filter_hosts: null,
    filter_ports: null,
    filter_protocols: null,
    ...other,
  });
  const put = (rules: unknown[], vni = 2000, version?: string) =>
    r.ask("PUT", `/vpc/${INSTANCE}/firewall/rules`, { vni, rules }, version);
  const rules = async () => (await ports())[0]?.firewall_rules;
  const plain = {
    direction: "inbound",
    action: "allow",
    priority: 100,
    icmp_type: null,
    icmp_codes: null,
    ports: null,
  };

  test("of the registration are on the port, and are replaced as a whole for the VPC of the body's VNI", async () => {
    await run({ firewall_rules: [rule({ priority: 7 })] });
    expect(await rules()).toMatchObject([{ priority: 7, protocol: "any", host: "any" }]);
    expect((await put([rule()], 9999)).status).toBe(204);
    expect(await rules()).toMatchObject([{ priority: 7 }]);
    await put([rule({ priority: 8 })]);
    expect(await rules()).toMatchObject([{ priority: 8 }]);
    await put([]);
    expect(await rules()).toEqual([]);
  });

  test("are for the ports they name, or for all; a disabled one is for none", async () => {
    await run();
    const strangers = { ...nic(), id: OTHER_NIC, mac: "A8:40:25:F0:00:09" };
    await put([
      rule({ priority: 1, targets: [{ ...nic(), mac: "a8:40:25:f0:0:1" }] }),
      rule({ priority: 2, targets: [strangers] }),
      rule({ priority: 3, targets: [{ ...nic(), vni: 2001 }] }),
      rule({ priority: 4, status: "disabled" }),
      rule({ priority: 5 }),
    ]);
    expect(await rules()).toMatchObject([{ priority: 1 }, { priority: 5 }]);
  });

  test("come to one for each protocol with each host; ports are TCP's and UDP's only", async () => {
    await run();
    await put([
      rule({
        filter_hosts: [
          { type: "ip", value: "10.0.0.1/32" },
          { type: "ip", value: "fd00::/64" },
          { type: "vpc", value: 3000 },
        ],
        filter_ports: ["22", "80-443"],
        filter_protocols: [{ type: "tcp" }, { type: "icmp6", value: { icmp_type: 128, code: "0-3" } }],
      }),
    ]);
    const hosts = ["ip 10.0.0.1", "subnet fd00::/64", "vni 3000"];
    expect(await rules()).toEqual([
      ...hosts.map((host) => ({ ...plain, protocol: "tcp", host, ports: ["22", "80-443"] })),
      ...hosts.map((host) => ({ ...plain, protocol: "icmp6", host, icmp_type: 128, icmp_codes: "0-3" })),
    ]);
  });

  test("with old interfaces are taken up to version 9, without ICMPv6 up to 30", async () => {
    await run();
    const [oldNic] = first().local_config["nics"] as unknown[];
    const icmp6 = rule({ filter_protocols: [{ type: "icmp6", value: null }] });
    expect((await put([rule({ targets: [oldNic] })], 2000, "9.0.0")).status).toBe(204);
    expect(await rules()).toHaveLength(1);
    expect((await put([rule({ targets: [oldNic] })], 2000, "10.0.0")).status).toBe(400);
    expect((await put([rule({ targets: [nic()] })], 2000, "10.0.0")).status).toBe(204);
    expect((await put([icmp6], 2000, "30.0.0")).status).toBe(400);
    expect((await put([icmp6], 2000, "31.0.0")).status).toBe(204);
  });

  test.each([
    [{ filter_ports: ["443-80"] }, "443-80"],
    [{ filter_ports: ["99999"] }, "99999"],
    [{ filter_protocols: [{ type: "icmp", value: { icmp_type: 8, code: "300" } }] }, "300"],
    [{ filter_hosts: [{ type: "ip", value: "1:::2/64" }] }, "1:::2/64"],
  ])("that no packet can match are refused: %j", async (other, reason) => {
    await run();
    const answer = await put([rule(other)]);
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect(messageOf(answer)).toContain(reason);
  });

  test("that come to too many are refused before any is applied", async () => {
    await run({ firewall_rules: [rule({ priority: 7 })] });
    const many = Array.from({ length: 200 }, (_, i) => ({ type: "vpc", value: i }));
    const protocols = Array.from({ length: 100 }, (_, i) => ({ type: "icmp", value: { icmp_type: i } }));
    const answer = await put([rule({ filter_hosts: many, filter_protocols: protocols })]);
    expect(answer.status).toBe(507);
    expect(messageOf(answer)).toContain("20000");
    expect(await rules()).toMatchObject([{ priority: 7 }]);
  });
});

describe("internet gateways", () => {
  const held = () =>
    [...r.ctx.opte.ports.engine.ports().values()].map(({ externalIps }) => Object.fromEntries(externalIps.gateways));
  const put = (mappings: unknown) => r.ask("PUT", "/eip-gateways", { mappings });

  test("reach ports that run and ports that come, for their own addresses, and are replaced as a whole", async () => {
    const snat = "192.168.1.10";
    await run();
    expect(
      (await put({ [NIC]: { [snat]: [ROUTER], "192.168.1.99": [ROUTER] }, [OTHER_NIC]: { [snat]: [INSTANCE] } }))
        .status,
    ).toBe(204);
    await run({}, OTHER_VMM, OTHER_NIC);
    expect(held()).toEqual([{ [snat]: [ROUTER] }, { [snat]: [INSTANCE] }]);
    await put({ [NIC]: { [snat]: [INSTANCE] } });
    expect(held()).toEqual([{ [snat]: [INSTANCE] }, {}]);
    expect(await violations()).toEqual([]);
    expect((await r.ask("GET", "/debug/opte/eip-gateways")).body).toEqual({ [NIC]: { [snat]: [INSTANCE] } });
  });

  test("are known for an address that comes later", async () => {
    await run();
    await put({ [NIC]: { "10.0.0.1": [ROUTER] } });
    expect(held()).toEqual([{}]);
    await r.ask("PUT", `/vmms/${VMM}/external-ip`, { type: "floating", value: "10.0.0.1" });
    expect(held()).toEqual([{ "10.0.0.1": [ROUTER] }]);
  });

  test.each([{ nic: { "10.0.0.1": [ROUTER] } }, { [NIC]: { nowhere: [ROUTER] } }])(
    "of nothing are refused: %j",
    async (mappings) => {
      expect(await put(mappings)).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    },
  );
});

describe("attached subnets", () => {
  const path = `/vmms/${VMM}/attached-subnets`;
  const vpc = { subnet: "10.5.0.0/16", kind: "vpc" };
  const external = { subnet: "10.6.0.0/16", kind: "external" };
  const v6 = { subnet: "fd05::/64", kind: "vpc" };
  const attached = async () => (await ports())[0]?.attached_subnets;

  test("are set as a whole, added, and removed, each any number of times", async () => {
    await run({ attached_subnets: [vpc] });
    expect(await attached()).toEqual([vpc]);
    for (let i = 0; i < 2; i += 1) expect((await r.ask("PUT", path, { subnets: [external] })).status).toBe(204);
    expect(await attached()).toEqual([external]);
    expect((await r.ask("POST", path, vpc)).status).toBe(204);
    const one = `${path}/${encodeURIComponent(external.subnet)}`;
    for (let i = 0; i < 2; i += 1) expect((await r.ask("DELETE", one)).status).toBe(204);
    expect(await attached()).toEqual([vpc]);
    for (let i = 0; i < 2; i += 1) expect((await r.ask("DELETE", path)).status).toBe(204);
    expect(await attached()).toEqual([]);
  });

  test("that are attached cannot be added again, whatever the kind; set again, they have the new kind", async () => {
    await run({ attached_subnets: [vpc] });
    for (const kind of ["vpc", "external"]) {
      expect(await r.ask("POST", path, { ...vpc, kind })).toMatchObject({
        status: 409,
        body: { error_code: "SUBNET_ALREADY_ATTACHED", message: "The IP subnet 10.5.0.0/16 is already attached" },
      });
    }
    await r.ask("PUT", path, { subnets: [{ ...vpc, kind: "external" }] });
    expect(await attached()).toEqual([{ ...vpc, kind: "external" }]);
  });

  test("of a family that the interface has not are kept, but not on its port", async () => {
    await run({ attached_subnets: [v6, vpc] });
    expect(await attached()).toEqual([vpc]);
    expect((await r.ask("POST", path, v6)).status).toBe(409);
  });

  test("listed twice, or no subnet at all, are refused", async () => {
    await run();
    const twice = await r.ask("PUT", path, { subnets: [vpc, { ...vpc, kind: "external" }] });
    expect(messageOf(twice)).toContain("listed twice");
    expect((await r.ask("DELETE", `${path}/nonsense`)).status).toBe(400);
    expect(messageOf(await r.ask("DELETE", `${path}/nonsense`))).toMatch(/^bad parameter in URL path: /);
  });

  test("of a VMM that has not started are on its port when it does; of an unknown one are 404", async () => {
    expect((await r.ask("PUT", path, { subnets: [] })).body).toMatchObject({ error_code: "NO_SUCH_INSTANCE" });
    await r.ask("PUT", `/vmms/${VMM}`, newest());
    await r.ask("POST", path, vpc);
    await r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await r.sim.clock.advance(500);
    expect(await attached()).toEqual([vpc]);
  });
});

describe("a route of the API", () => {
  const unknownBefore: [first: number, method: string, path: string, body: unknown][] = [
    [33, "GET", "/networking/mcast-m2p", undefined],
    [33, "PUT", "/networking/mcast-m2p", { group: "224.1.1.1", underlay: "ff04::1" }],
    [33, "DELETE", "/networking/mcast-m2p", { group: "224.1.1.1", underlay: "ff04::1" }],
    [33, "GET", "/networking/mcast-fwd", undefined],
    [33, "PUT", "/networking/mcast-fwd", { underlay: "ff04::1", next_hops: [] }],
    [33, "DELETE", "/networking/mcast-fwd", { underlay: "ff04::1" }],
    [18, "PUT", `/vmms/${VMM}/attached-subnets`, { subnets: [] }],
    [18, "DELETE", `/vmms/${VMM}/attached-subnets`, undefined],
    [18, "POST", `/vmms/${VMM}/attached-subnets`, { subnet: "10.5.0.0/16", kind: "vpc" }],
    [18, "DELETE", `/vmms/${VMM}/attached-subnets/10.5.0.0%2F16`, undefined],
    [1, "GET", "/vpc-routes", undefined],
    [1, "PUT", "/vpc-routes", []],
    [1, "PUT", "/eip-gateways", { mappings: {} }],
    [1, "PUT", `/vpc/${INSTANCE}/firewall/rules`, { vni: 1, rules: [] }],
  ];
  test("of the uplinks does nothing up to version 44, and is gone from 45 on", async () => {
    const post = (version: string) =>
      r.ask("POST", "/switch-ports", { uplinks: [{ port: "qsfp0", addrs: [] }] }, version);
    for (const version of ["1.0.0", "44.0.0"]) expect((await post(version)).status).toBe(204);
    expect((await post("45.0.0")).status).toBe(404);
  });

  test.each(unknownBefore)("is there from version %i on, and not before: %s %s", async (since, method, path, body) => {
    await run();
    if (since > 1) expect((await r.ask(method, path, body, `${since - 1}.0.0`)).status).toBe(404);
    expect((await r.ask(method, path, body, `${since}.0.0`)).status).toBeLessThan(300);
    expect((await rig().ask(method, path, body, "50.0.0")).status).toBe(400);
  });
});
