/** Who wrote an entry of a table: the request, and the group, generation or tag that it gave. */
import { expect, test } from "vitest";
import { chaosAsic, faultsAt, modelAsic } from "../../src/asic/index.ts";
import { createApp } from "../../src/server.ts";
import { entry, target } from "./support/entries.ts";
import { startHarness, type Harness } from "./support/harness.ts";
import { startStill, stillWorld } from "./support/play.ts";

const NAT4 = "Ingress.nat_ingress.ingress_ipv4";
const LOOKUP = "Ingress.l3_router.Router4.lookup_idx.lookup";
const LINK = { speed: "Speed100G" };

interface Traced {
  readonly keys: Readonly<Record<string, string>>;
  readonly origin: Readonly<Record<string, unknown>> | null;
}

async function traced({ call }: Harness, table: string): Promise<Traced[]> {
  const { status, body } = await call(`GET /table/${table}/provenance`);
  expect(status).toBe(200);
  // The order of a table's entries means nothing.
  return (body as { entries: Traced[] }).entries.sort((a, b) =>
    JSON.stringify(a.keys).localeCompare(JSON.stringify(b.keys)),
  );
}

test("an entry of a NAT group names the request, the group and its generation", async () => {
  const harness = startStill();
  const put = (generation: number, entries: unknown[]) =>
    harness.call("PUT /nat/groups/services", { body: { generation, entries } });
  const first = await put(4, [entry("10.0.0.1"), entry("10.0.0.2")]);
  const second = await put(5, [entry("10.0.0.1"), entry("10.0.0.3")]);
  const single = await harness.call("PUT /nat/ipv4/10.0.0.4/1/2", { body: target(1) });
  const group = { operation: "nat_group_ensure", group: "services", time: "2026-01-01T00:00:00.000Z", tag: null };
  const found = (await traced(harness, NAT4)).map(({ keys, origin }) => [keys["dst_addr"], origin]);
  expect(Object.fromEntries(found)).toEqual({
    "10.0.0.1": { ...group, generation: 4, request_id: first.headers.get("x-request-id") },
    "10.0.0.3": { ...group, generation: 5, request_id: second.headers.get("x-request-id") },
    "10.0.0.4": {
      ...group,
      operation: "nat_ipv4_create",
      group: null,
      generation: null,
      request_id: single.headers.get("x-request-id"),
    },
  });
});

test("an entry of a route, a neighbour or an address names the tag", async () => {
  const harness = startStill();
  await harness.call("POST /ports/qsfp0/links", { body: LINK });
  const hop = { tag: "mgd", port_id: "QSFP0", link_id: 0, tgt_ip: "10.0.0.9", vlan_id: null };
  await harness.call("PUT /route/ipv4", {
    version: "5.0.0",
    body: { cidr: "10.0.0.0/8", target: hop, replace: false },
  });
  await harness.call("POST /ports/qsfp0/links/0/ipv4", { body: { tag: "tfportd", addr: "10.0.0.1" } });
  expect((await traced(harness, LOOKUP)).map(({ origin }) => origin)).toMatchObject([
    { operation: "route_ipv4_set", tag: "mgd" },
  ]);
  const addresses = await traced(harness, "Ingress.filter.switch_ipv4_addr");
  expect(addresses.map(({ origin }) => origin)).toMatchObject([{ tag: "tfportd" }, { tag: "tfportd" }]);
  await harness.call("POST /port/qsfp1/settings?tag=wicketd", {
    body: { links: { "0": { params: LINK, addrs: ["10.0.0.2"] } } },
  });
  const later = await traced(harness, "Ingress.filter.switch_ipv4_addr");
  expect(later.filter(({ keys }) => keys["dst_addr"] === "10.0.0.2").map(({ origin }) => origin?.["tag"])).toEqual([
    "wicketd",
    "wicketd",
  ]);
});

test("a change that fails leaves entries with those who wrote them", async () => {
  const faults = faultsAt((write) => write === 4, { kind: "internal", when: "before" });
  const harness = startStill({ asic: chaosAsic(modelAsic("sidecar"), faults) });
  const put = (generation: number, addresses: string[]) =>
    harness.call("PUT /nat/groups/a", { body: { generation, entries: addresses.map((address) => entry(address)) } });
  const first = await put(1, ["10.0.0.1", "10.0.0.2"]);
  const before = await traced(harness, NAT4);
  expect(await put(2, ["10.0.0.3", "10.0.0.4"])).toMatchObject({ status: 500 });
  expect(await traced(harness, NAT4)).toEqual(before);
  expect(before.map(({ origin }) => origin?.["request_id"])).toEqual(
    Array.from({ length: 2 }, () => first.headers.get("x-request-id")),
  );
});

test("requests at the same time do not take each other's entries", async () => {
  const harness = startHarness();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => harness.call(`PUT /nat/ipv4/10.0.0.${n}/1/2`, { body: target(n) })),
  );
  const by = new Map(
    (await traced(harness, NAT4)).map(({ keys, origin }) => [keys["dst_addr"], origin?.["request_id"]]),
  );
  expect(answers.map(({ headers }) => headers.get("x-request-id"))).toEqual(
    answers.map((_, n) => by.get(`10.0.0.${n}`)),
  );
});

test("older versions do not have the view, and without an ASIC there is nothing to view", async () => {
  const { ctx, call } = startHarness();
  expect(await call(`GET /table/${NAT4}/provenance`, { version: "13.0.0" })).toMatchObject({ status: 404 });
  ctx.switch.detach("pulled out");
  expect(await call(`GET /table/${NAT4}/provenance`)).toMatchObject({ status: 503 });
});

test("what a domain logs says in which request", async () => {
  const lines: Record<string, unknown>[] = [];
  const note = (fields: Record<string, unknown>) => void lines.push(fields);
  const log = { debug: note, info: note, warn: note, error: note, child: () => log };
  const faults = faultsAt((write) => write === 1, { kind: "internal", when: "before" });
  const world = { ...stillWorld(), log };
  const { call } = startHarness({ world, asic: chaosAsic(modelAsic("sidecar"), faults) });
  const mac = { a: [2, 0, 0, 0, 0, 1] };
  const { status, headers } = await call("POST /arp", { body: { tag: "a", ip: "10.0.0.1", mac, update: "" } });
  expect(status).toBe(500);
  expect(lines.find(({ domain }) => domain === "neighbor")).toMatchObject({ req_id: headers.get("x-request-id") });
});

test("metrics show each table, and changes, rollbacks and drift by domain", async () => {
  const faults = faultsAt((write) => write === 2, { kind: "internal", when: "before" });
  const { ctx, call } = startHarness({ asic: chaosAsic(modelAsic("sidecar"), faults) });
  const arp = (ip: string) => call("POST /arp", { body: { tag: "a", ip, mac: { a: [2, 0, 0, 0, 0, 1] }, update: "" } });
  expect([(await arp("10.0.0.1")).status, (await arp("10.0.0.2")).status]).toEqual([204, 500]);
  const metrics = await (await createApp(ctx).fetch(new Request("http://dpd/metrics"))).text();
  for (const line of [
    'dpd_table_entries{table="Ingress.l3_router.Arp.tbl"} 1',
    'dpd_table_capacity{table="Egress.mcast_egress.tbl_decap_ports"} 1024',
    'dpd_changes{domain="neighbor",operation="upsert"} 1',
    'dpd_rollbacks{domain="neighbor"} 1',
    'dpd_rollback_failures{domain="route"} 0',
    'dpd_drift{domain="neighbor"} 0',
  ]) {
    expect(metrics).toContain(line);
  }
});
