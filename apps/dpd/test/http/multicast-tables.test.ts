/** What each multicast operation writes into the ASIC. */
import { expect, test } from "vitest";
import { MCAST_TABLES } from "../../src/table/mcast.ts";
import { EXTERNAL, external, GROUPS, member, startMulticast, target, UNDERLAY } from "./support/multicast.ts";

const A = member("rear3", "Underlay");
const B = member("qsfp0", "External");
const C = member("qsfp1", "External");

async function withUnderlay(members: unknown[] = []) {
  const one = startMulticast();
  await one.ok(201, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::1", tag: "t", members } });
  return one;
}

const EMPTY = ["route6 ff04::1 -> forward()", "group 65534:", "group 65533:"];
// Bit 32 is the lowest of the second word.
const POPULATED = [
  "route6 ff04::1 -> forward()",
  "replication ff04::1 -> configure_mcastv6(65534 65533 65534 0 0)",
  "decap 65534 -> set_decap_ports(0 1 0 0 0 0 0 0)",
  "group 65534: 100@65534",
  "group 65533: 3@65534",
];

test("an underlay group without members has a route and two ASIC groups", async () => {
  const one = await withUnderlay();
  expect(one.asic()).toEqual(EMPTY);
});

test("one with members also has copies and the bitmap of ports that decapsulate", async () => {
  const one = await withUnderlay([A, B]);
  expect(one.asic()).toEqual(POPULATED);
});

test("replication comes with the first member and goes with the last, and comes again", async () => {
  const one = await withUnderlay();
  const update = (members: unknown[]) => one.ok(200, `PUT ${UNDERLAY}/ff04::1?tag=t`, { body: { members } });
  for (let i = 0; i < 2; i++) {
    await update([A, B]);
    expect(one.asic()).toEqual(POPULATED);
    await update([]);
    expect(one.asic()).toEqual(EMPTY);
    await update([]);
    expect(one.asic()).toEqual(EMPTY);
  }
});

test("an update of members touches only the ports that differ", async () => {
  const one = await withUnderlay([A, B]);
  const writes: string[] = [];
  one.faults.next = (operation) => {
    if (!operation.startsWith("find")) writes.push(operation);
    return undefined;
  };
  await one.ok(200, `PUT ${UNDERLAY}/ff04::1?tag=t`, { body: { members: [C, A] } });
  expect(writes).toEqual(["addGroupPort", "update", "removeGroupPort"]);
  expect(one.asic()).toEqual([
    "route6 ff04::1 -> forward()",
    "replication ff04::1 -> configure_mcastv6(65534 65533 65534 0 0)",
    "decap 65534 -> set_decap_ports(0 2 0 0 0 0 0 0)",
    "group 65534: 101@65534",
    "group 65533: 3@65534",
  ]);
});

test("the highest bit of a word of the bitmap is not a sign", async () => {
  const one = await withUnderlay([
    member("rear31", "External"),
    member("REAR31", "External"),
    member("qsfp31", "External"),
  ]);
  expect(one.asic()[2]).toBe("decap 65534 -> set_decap_ports(2147483648 2147483648 0 0 0 0 0 0)");
  expect(await one.groups()).toMatchObject([{ members: [{ port_id: "rear31" }, { port_id: "qsfp31" }] }]);
});

test("an external IPv4 group has a filter for any source, a NAT entry for untagged packets and a route", async () => {
  const one = await withUnderlay([A, B]);
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1") });
  expect(one.asic()).toEqual([
    "filter4 0.0.0.0/0 224.1.1.1 -> allow_source_mcastv4()",
    "nat4 224.1.1.1 false 0 -> mcast_forward_ipv4_to(ff04::1 33:33:00:00:00:01 77)",
    "route4 224.1.1.1 -> forward()",
    ...POPULATED,
  ]);
});

test("an external IPv6 group with sources and a VLAN has them in its tables, and the VLAN in the bitmap", async () => {
  const one = await withUnderlay([A, B]);
  const sources = [{ Exact: "2001:db8::2" }, { Exact: "2001:db8::1" }, { Exact: "2001:DB8:0::2" }];
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("ff3e::1", { vlan: 10, sources }) });
  expect(one.asic()).toEqual([
    "filter6 2001:db8::1/128 ff3e::1 -> allow_source_mcastv6()",
    "filter6 2001:db8::2/128 ff3e::1 -> allow_source_mcastv6()",
    "nat6 ff3e::1 true 10 -> mcast_forward_ipv6_to(ff04::1 33:33:00:00:00:01 77)",
    "route6 ff04::1 -> forward()",
    "route6 ff3e::1 -> forward_vlan(10)",
    POPULATED[1],
    "decap 65534 -> set_decap_ports_and_vlan(0 1 0 0 0 0 0 0 10)",
    ...POPULATED.slice(3),
  ]);
});

test("members that come later get the VLAN of the external group", async () => {
  const one = await withUnderlay();
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1", { vlan: 4095 }) });
  await one.ok(200, `PUT ${UNDERLAY}/ff04::1?tag=t`, { body: { members: [B] } });
  expect(one.asic()).toContain("decap 65534 -> set_decap_ports_and_vlan(0 1 0 0 0 0 0 0 4095)");
});

test("a change of the VLAN makes the new NAT entry before the old one goes", async () => {
  const one = await withUnderlay([B]);
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1", { vlan: 10, tag: "t" }) });
  const writes: string[] = [];
  one.faults.next = (operation, table) => {
    if (!operation.startsWith("find")) writes.push(`${operation} ${table.split(".").at(-1)}`);
    return undefined;
  };
  await one.ok(200, `PUT ${EXTERNAL}/224.1.1.1?tag=t`, { body: external(undefined, { vlan: 11 }) });
  expect(writes).toEqual([
    "insert ingress_ipv4_mcast",
    "update tbl",
    "update tbl_decap_ports",
    "delete ingress_ipv4_mcast",
  ]);
  expect(one.asic()).toEqual(
    expect.arrayContaining([
      "nat4 224.1.1.1 true 11 -> mcast_forward_ipv4_to(ff04::1 33:33:00:00:00:01 77)",
      "route4 224.1.1.1 -> forward_vlan(11)",
      "decap 65534 -> set_decap_ports_and_vlan(0 1 0 0 0 0 0 0 11)",
    ]),
  );
  expect(one.asic().filter((line) => line.startsWith("nat4"))).toHaveLength(1);
});

test("where the NAT table is full, the old entry goes first", async () => {
  const one = await withUnderlay([B]);
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1", { vlan: 10, tag: "t" }) });
  const nat = one.model.table(MCAST_TABLES.nat.ipv4);
  const row = { vlan: null, internalIp: "ff04::1", innerMac: 0, vni: 1 };
  for (let i = 1; i < nat.usage().size; i++) nat.insert({ ...row, group: `239.0.${i >> 8}.${i & 255}` });
  await one.ok(200, `PUT ${EXTERNAL}/224.1.1.1?tag=t`, { body: external(undefined, { vlan: 11 }) });
  expect(nat.usage()).toMatchObject({ occupancy: nat.usage().size });
  expect(one.asic()).toContain("nat4 224.1.1.1 true 11 -> mcast_forward_ipv4_to(ff04::1 33:33:00:00:00:01 77)");
});

test("a change of the target adopts the ids of the new one", async () => {
  const one = await withUnderlay();
  await one.ok(201, `POST ${UNDERLAY}`, { body: { group_ip: "ff04::2", tag: "t", members: [C] } });
  expect(await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1", { vlan: 9, tag: "t" }) })).toMatchObject({
    external_group_id: 65534,
  });
  const to = target(2, 78);
  expect(
    await one.ok(200, `PUT ${EXTERNAL}/224.1.1.1?tag=t`, { body: external(undefined, { vlan: 9, to }) }),
  ).toMatchObject({ external_group_id: 65532, internal_forwarding: { nat_target: to } });
  expect(one.asic()).toEqual(
    expect.arrayContaining([
      "nat4 224.1.1.1 true 9 -> mcast_forward_ipv4_to(ff04::2 33:33:00:00:00:02 78)",
      "decap 65532 -> set_decap_ports_and_vlan(0 2 0 0 0 0 0 0 9)",
    ]),
  );
  await one.ok(204, `DELETE ${GROUPS}/ff04::1?tag=t`);
  expect(await one.call(`DELETE ${GROUPS}/ff04::2?tag=t`)).toMatchObject({ status: 400 });
});

test("with several external groups on one underlay group, the last VLAN that was written is the bitmap's", async () => {
  const one = await withUnderlay([B]);
  const decap = () => one.asic().find((line) => line.startsWith("decap"));
  const create = (ip: string, vlan?: number) =>
    one.ok(201, `POST ${EXTERNAL}`, { body: external(ip, { tag: "t", ...(vlan === undefined ? {} : { vlan }) }) });
  await create("224.1.1.1", 10);
  await create("ff0e::1", 20);
  await create("224.1.1.2");
  expect(decap()).toContain("and_vlan(0 1 0 0 0 0 0 0 20)");
  await one.ok(200, `PUT ${EXTERNAL}/224.1.1.1?tag=t`, { body: external(undefined, { vlan: 10 }) });
  expect(decap()).toContain("and_vlan(0 1 0 0 0 0 0 0 10)");
  await one.ok(204, `DELETE ${GROUPS}/224.1.1.1?tag=t`);
  expect(decap()).toContain("and_vlan(0 1 0 0 0 0 0 0 20)");
  await one.ok(204, `DELETE ${GROUPS}/ff0e::1?tag=t`);
  expect(decap()).toBe("decap 65534 -> set_decap_ports(0 1 0 0 0 0 0 0)");
  expect(await one.call(`DELETE ${GROUPS}/ff04::1?tag=t`)).toMatchObject({ status: 400 });
  await one.ok(204, `DELETE ${GROUPS}/224.1.1.2?tag=t`);
  await one.ok(204, `DELETE ${GROUPS}/ff04::1?tag=t`);
  expect(one.asic()).toEqual([]);
});

test("sources that an update leaves out become any", async () => {
  const one = await withUnderlay();
  const create = external("232.1.1.1", { sources: [{ Exact: "10.0.0.1" }], tag: "t" });
  await one.ok(201, `POST ${EXTERNAL}`, { body: create });
  await one.ok(201, `POST ${EXTERNAL}`, { body: { ...create, group_ip: "239.1.1.1" } });
  expect(await one.ok(200, `PUT ${EXTERNAL}/239.1.1.1?tag=t`, { body: external(undefined) })).toMatchObject({
    sources: null,
  });
  expect(one.asic().filter((line) => line.startsWith("filter"))).toEqual([
    "filter4 0.0.0.0/0 239.1.1.1 -> allow_source_mcastv4()",
    "filter4 10.0.0.1/32 232.1.1.1 -> allow_source_mcastv4()",
  ]);
});

test("an update writes again what vanished from the ASIC", async () => {
  const one = await withUnderlay([A, B]);
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1", { tag: "t" }) });
  const before = await one.snapshot();
  const { replication, route, nat } = MCAST_TABLES;
  one.model.table(replication).clear();
  one.model.table(route.ipv6).clear();
  one.model.table(nat.ipv4).clear();
  one.model.groups.removePort(65533, 3);
  one.model.groups.destroy(65534);
  await one.ok(200, `PUT ${UNDERLAY}/ff04::1?tag=t`, { body: { members: [A, B] } });
  await one.ok(200, `PUT ${EXTERNAL}/224.1.1.1?tag=t`, { body: external(undefined) });
  expect(await one.snapshot()).toEqual(before);
});

test("ids come in pairs from the top, and those given back are next, the underlay id first", async () => {
  const one = await withUnderlay();
  const create = async (ip: string) => {
    const body = await one.ok(201, `POST ${UNDERLAY}`, { body: { group_ip: ip, tag: "t", members: [] } });
    const { external_group_id, underlay_group_id } = body as Record<string, number>;
    return [external_group_id, underlay_group_id];
  };
  expect(await create("ff04::2")).toEqual([65532, 65531]);
  await one.ok(204, `DELETE ${GROUPS}/ff04::1?tag=t`);
  expect(await create("ff04::3")).toEqual([65533, 65534]);
  expect(await create("ff04::4")).toEqual([65530, 65529]);
});

test("a reset empties the tables and gives all ids back", async () => {
  const one = await withUnderlay([A, B]);
  await one.ok(201, `POST ${EXTERNAL}`, { body: external("224.1.1.1", { vlan: 10 }) });
  await one.ok(204, `DELETE ${GROUPS}`);
  expect(await one.snapshot()).toEqual({ asic: [], groups: [], ids: 65_435 });
  await one.ok(204, `DELETE ${GROUPS}`);
});
