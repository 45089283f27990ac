/** What changed between versions in ports, links, routes and subnets, on one switch that clients of all versions share. */
import { beforeEach, describe, expect, test } from "vitest";
import { startHarness, type Harness } from "./support/harness.ts";

const LINK = { speed: "Speed100G" };
const Q0 = "/ports/qsfp0/links/0";
const hop = (tgt_ip: string, port_id = "qsfp0") => ({ tag: "a", port_id, link_id: 0, tgt_ip, vlan_id: null });

let one: Harness;
const at = (version: string, operation: string, body?: unknown) =>
  one.call(operation, { version, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

beforeEach(async () => {
  one = startHarness();
  expect(await at("1.0.0", "POST /ports/qsfp0/links", LINK)).toMatchObject({ status: 201, body: 0 });
});

describe("IPv4 routes over IPv6 next hops", () => {
  const route = "/route/ipv4/10.0.0.0%2F8";
  const cidr = "10.0.0.0/8";

  test("versions 4 and 5 have operations of their own for them, later ones one body for both", async () => {
    const over = { cidr, target: hop("fd00::1"), replace: false };
    for (const version of ["1.0.0", "3.0.0", "6.0.0", "13.1.0"]) {
      expect(await at(version, "POST /route/ipv4-over-ipv6", over)).toMatchObject({ status: 404 });
      expect(await at(version, "PUT /route/ipv4-over-ipv6", over)).toMatchObject({ status: 404 });
    }
    expect(await at("4.0.0", "POST /route/ipv4-over-ipv6", over)).toMatchObject({ status: 204 });
    expect(await at("5.0.0", "PUT /route/ipv4-over-ipv6", { ...over, target: hop("fd00::2") })).toMatchObject({
      status: 409,
    });
    const both = { cidr, target: { V4: hop("10.0.0.1") }, replace: false };
    expect(await at("5.0.0", "POST /route/ipv4", both)).toMatchObject({ status: 400 });
    expect(await at("6.0.0", "POST /route/ipv4", both)).toMatchObject({ status: 204 });
    expect(await at("13.1.0", `GET ${route}`)).toMatchObject({
      body: [{ V6: { tgt_ip: "fd00::1" } }, { V4: { tgt_ip: "10.0.0.1" } }],
    });
  });

  test("clients older than version 4 see only IPv4 next hops, and a route without any as an empty one", async () => {
    await at("6.0.0", "POST /route/ipv4", { cidr, target: { V6: hop("fd00::1") }, replace: false });
    expect(await at("3.0.0", "GET /route/ipv4")).toMatchObject({
      status: 200,
      body: { items: [{ cidr, targets: [] }] },
    });
    expect(await at("1.0.0", `GET ${route}`)).toMatchObject({ status: 200, body: [] });
    await at("1.0.0", "POST /route/ipv4", { cidr, target: hop("10.0.0.1"), replace: false });
    expect(await at("3.0.0", `GET ${route}`)).toMatchObject({ body: [hop("10.0.0.1")] });
    expect(await at("4.0.0", "GET /route/ipv4")).toMatchObject({
      body: { items: [{ targets: [{ V6: hop("fd00::1") }, { V4: hop("10.0.0.1") }] }] },
    });
  });

  test("an IPv6 next hop can be deleted from version 6 on", async () => {
    await at("6.0.0", "POST /route/ipv4", { cidr, target: { V6: hop("fd00::1") }, replace: false });
    expect(await at("5.0.0", `DELETE ${route}/qsfp0/0/fd00::1`)).toMatchObject({ status: 400 });
    expect(await at("6.0.0", `DELETE ${route}/QSFP0/0/fd00::1`)).toMatchObject({ status: 204 });
    expect(await at("6.0.0", `GET ${route}`)).toMatchObject({ status: 404 });
  });
});

test("before version 5 an uplink is called nat_only: one setting, two names", async () => {
  expect(await at("4.0.0", `PUT ${Q0}/nat_only`, false)).toMatchObject({ status: 204 });
  expect(await at("5.0.0", `GET ${Q0}/uplink`)).toMatchObject({ body: false });
  expect(await at("13.1.0", `PUT ${Q0}/uplink`, true)).toMatchObject({ status: 204 });
  expect(await at("1.0.0", `GET ${Q0}/nat_only`)).toMatchObject({ body: true });
  expect(await at("5.0.0", `GET ${Q0}/nat_only`)).toMatchObject({ status: 404 });
  expect(await at("4.0.0", `GET ${Q0}/uplink`)).toMatchObject({ status: 404 });
});

test("allow_ddm_traffic exists from version 13 on; an older client neither sees nor sets it", async () => {
  const params = { ...LINK, lane: 1, allow_ddm_traffic: true };
  const settings = { links: { "1": { params, addrs: ["10.0.0.1"] } } };
  const path = "/port/qsfp1/settings?tag=a";
  expect(await at("12.0.0", `POST ${path}`, settings)).toMatchObject({ status: 200 });
  expect(await at("13.0.0", `GET ${path}`)).toMatchObject({
    body: { links: { "1": { params: { allow_ddm_traffic: false } } } },
  });
  expect(await at("13.0.0", `POST ${path}`, settings)).toMatchObject({
    body: { links: { "1": { params: { allow_ddm_traffic: true }, addrs: ["10.0.0.1"] } } },
  });
  const { body } = await at("12.0.0", `GET ${path}`);
  expect(body).toMatchObject({ links: { "1": { addrs: ["10.0.0.1"] } } });
  expect(JSON.stringify(body)).not.toContain("allow_ddm_traffic");
});

test("the bit sequences that no ASIC has are refused at every version, and the others are the same", async () => {
  for (const version of ["1.0.0", "11.0.0", "12.0.0"]) {
    for (const mode of ["Mode23", "Mode11", "Mode7", "Mode8"]) {
      expect(await at(version, `PUT ${Q0}/prbs`, mode)).toMatchObject({ status: 400 });
    }
    expect(await at(version, `PUT ${Q0}/prbs`, "Mode31")).toMatchObject({ status: 204 });
    expect(await at(version, `GET ${Q0}/prbs`)).toMatchObject({ body: "Mode31" });
  }
  expect(await at("11.0.0", `PUT ${Q0}/prbs`, "Mode7")).toMatchObject({
    body: { message: "Mode7 is not a supported PRBS mode" },
  });
});

test("a link's history has the wall clock from version 11 on, and before it the time since the start", async () => {
  const newer = (await at("11.0.0", `GET ${Q0}/history`)).body as { timestamp: number; relative: number };
  const older = (await at("10.0.0", `GET ${Q0}/history`)).body as { timestamp: number; relative?: number };
  expect(newer.timestamp).toBeGreaterThan(Date.UTC(2020));
  expect(older.timestamp).toBeGreaterThanOrEqual(newer.relative);
  expect(older.timestamp - newer.relative).toBeLessThan(60_000);
  expect(older.relative).toBeUndefined();
});

test.each([
  ["GET /attached_subnet", "2.0.0", "3.0.0", 200],
  ["POST /snapshot/scope", "8.0.0", "9.0.0", 501],
  ["GET /table/Ingress.l3_router.Arp.tbl/provenance", "13.0.0", "13.1.0", 200],
])("%s is new after version %s", async (operation, before, from, status) => {
  const scope = { pipe: 0, stage: 0, dir: "Ingress", fields: [], trigger: false };
  const body = operation.startsWith("POST") ? scope : undefined;
  expect(await at(before, operation, body)).toMatchObject({ status: 404 });
  expect(await at(from, operation, body)).toMatchObject({ status });
});

test("ports are named in any case, in paths and in bodies, and told in lower case", async () => {
  expect(await at("13.0.0", "GET /ports/QsFp0/links")).toMatchObject({ body: [{ port_id: "qsfp0" }] });
  await at("13.0.0", "POST /route/ipv6", { cidr: "FD00:0::/32", target: hop("FE80::1", "QSFP0"), replace: false });
  expect(await at("13.0.0", "GET /route/ipv6")).toMatchObject({
    body: { items: [{ cidr: "fd00::/32", targets: [hop("fe80::1")] }] },
  });
});

test("a link's events and counters follow what is done to it", async () => {
  await at("13.0.0", `PUT ${Q0}/enabled`, true);
  await at("13.0.0", `POST ${Q0}/fault`, "cable pulled");
  expect(await at("13.0.0", `GET ${Q0}`)).toMatchObject({
    body: { link_state: { faulted: { Injected: "cable pulled" } }, fsm_state: "Idle" },
  });
  await at("13.0.0", `DELETE ${Q0}/fault`);
  await at("13.0.0", `PUT ${Q0}/enabled`, false);
  await at("13.0.0", `PUT ${Q0}/enabled`, true);
  const { events } = (await at("13.0.0", `GET ${Q0}/history`)).body as { events: { subclass: string }[] };
  expect(events.map(({ subclass }) => subclass)).toEqual([
    "Create",
    "Enable",
    "LinkUp",
    "Idle",
    "LinkUp",
    "Disable",
    "Idle",
    "Enable",
    "LinkUp",
  ]);
  expect(await at("13.0.0", "GET /counters/linkup/qsfp0/0")).toMatchObject({
    body: { link_path: "qsfp0/0", current: 1, total: 3 },
  });
  expect(await at("13.0.0", "GET /counters/fsm/qsfp0/0")).toMatchObject({
    body: {
      counters: [
        { state_name: "LinkUp", current: 1, total: 3 },
        { state_name: "Idle", current: 0, total: 2 },
      ],
    },
  });
  await at("13.0.0", `DELETE ${Q0}`);
  expect(await at("13.0.0", `GET ${Q0}/history`)).toMatchObject({ status: 404 });
});

test("the backplane map and the links agree about connectors", async () => {
  await at("13.0.0", "POST /ports/rear7/links", LINK);
  const { body } = await at("13.0.0", "GET /backplane-map");
  const map = body as Record<string, { tofino_connector: number; cubby: number }>;
  expect(Object.keys(map)).toHaveLength(32);
  expect(new Set(Object.values(map).map(({ tofino_connector }) => tofino_connector)).size).toBe(32);
  expect(await at("13.0.0", "GET /ports/rear7/links/0")).toMatchObject({
    body: { tofino_connector: map["rear7"]?.tofino_connector },
  });
  expect(map["rear7"]?.cubby).toBe(7);
});
