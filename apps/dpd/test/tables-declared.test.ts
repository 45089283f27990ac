/** The declarations against the P4 program, written out once more by hand. */
import { expect, test } from "vitest";
import { MCAST_TABLES } from "../src/table/mcast.ts";
import { TABLES } from "../src/table/catalogue.ts";
import { CONSTANT_TABLES } from "../src/table/constants.ts";
import type { AnyTable, TableDecl } from "../src/table/types.ts";
import { dump } from "./network-rig.ts";
import { modelAsic } from "../src/asic/index.ts";

const ENCAP = "target:128 inner_mac:48 vni:24";
const BITMAP = Array.from({ length: 8 }, (_, word) => `ports_${word}:32`).join(" ");

/** Name, keys, actions with the width of each argument, default, entries, counter. */
const PROGRAM = [
  "Ingress.filter.uplink_ports | in_port:exact:9 | uplink_port() | NoAction | 256 | -",
  "Ingress.filter.switch_ipv4_addr | dst_addr:exact:32 in_port:ternary:9 | claimv4() dropv4() | NoAction | 511 | C",
  "Ingress.filter.switch_ipv6_addr | dst_addr:exact:128 in_port:ternary:9 | claimv6() dropv6() | NoAction | 511 | C",
  `Ingress.attached_subnet_ingress.attached_subnets_v4 | subnet:lpm:32 | forward_to_v4(${ENCAP}) | NoAction | 512 | C`,
  `Ingress.attached_subnet_ingress.attached_subnets_v6 | subnet:lpm:128 | forward_to_v6(${ENCAP}) | NoAction | 512 | C`,
  `Ingress.nat_ingress.ingress_ipv4 | dst_addr:exact:32 ports:range:16 | forward_ipv4_to(${ENCAP}) | NoAction | 1024 | C`,
  `Ingress.nat_ingress.ingress_ipv6 | dst_addr:exact:128 ports:range:16 | forward_ipv6_to(${ENCAP}) | NoAction | 1024 | C`,
  `Ingress.nat_ingress.ingress_ipv4_mcast | dst_addr:exact:32 vlan_valid:exact:1 vlan_id:exact:12 | mcast_forward_ipv4_to(${ENCAP}) | NoAction | 1024 | C`,
  `Ingress.nat_ingress.ingress_ipv6_mcast | dst_addr:exact:128 vlan_valid:exact:1 vlan_id:exact:12 | mcast_forward_ipv6_to(${ENCAP}) | NoAction | 1024 | C`,
  "Ingress.mcast_ingress.mcast_source_filter_ipv4 | src_addr:lpm:32 dst_addr:exact:32 | allow_source_mcastv4() drop_mcastv4_filtered_source() | drop_mcastv4_filtered_source | 1024 | C",
  "Ingress.mcast_ingress.mcast_source_filter_ipv6 | src_addr:lpm:128 dst_addr:exact:128 | allow_source_mcastv6() drop_mcastv6_filtered_source() | drop_mcastv6_filtered_source | 1024 | C",
  "Ingress.mcast_ingress.mcast_replication_ipv6 | dst_addr:exact:128 | configure_mcastv6(mcast_grp_a:16 mcast_grp_b:16 rid:16 level1_excl_id:16 level2_excl_id:9) | drop_mcastv6_no_group | 1024 | C",
  "Ingress.l3_router.Router4.lookup_idx.lookup | dst_addr:lpm:32 | index(idx:16 slots:8) | unreachable | 8191 | C",
  "Ingress.l3_router.Router4.lookup_idx.route | idx:exact:16 | forward(port:9 nexthop:32) forward_v6(port:9 nexthop:128) forward_vlan(port:9 nexthop:32 vlan_id:12) forward_vlan_v6(port:9 nexthop:128 vlan_id:12) | NoAction | 8191 | C",
  "Ingress.l3_router.Router6.lookup_idx.lookup | dst_addr:lpm:128 | index(idx:16 slots:8) | unreachable | 1023 | C",
  "Ingress.l3_router.Router6.lookup_idx.route | idx:exact:16 | forward(port:9 nexthop:128) forward_vlan(port:9 nexthop:128 vlan_id:12) | NoAction | 1023 | C",
  "Ingress.l3_router.MulticastRouter4.tbl | dst_addr:exact:32 | forward() forward_vlan(vlan_id:12) | unreachable | 1024 | C",
  "Ingress.l3_router.MulticastRouter6.tbl | dst_addr:exact:128 | forward() forward_vlan(vlan_id:12) | unreachable | 1024 | C",
  "Ingress.l3_router.Arp.tbl | ip:exact:32 | rewrite(dst_mac:48) drop() | request | 512 | C",
  "Ingress.l3_router.Ndp.tbl | ip:exact:128 | rewrite(dst_mac:48) drop() | request | 512 | C",
  "Ingress.egress_filter.egress_filter | out_port:exact:9 | guest_traffic_allowed() | guest_traffic_not_allowed | 256 | -",
  "Ingress.mac_rewrite.mac_rewrite | port:exact:9 | rewrite(mac:48) | NoAction | 256 | C",
  "Egress.mac_rewrite.mac_rewrite | port:exact:9 | rewrite(mac:48) | NoAction | 256 | C",
  `Egress.mcast_egress.tbl_decap_ports | mcast_external_grp:exact:16 | set_decap_ports(${BITMAP}) set_decap_ports_and_vlan(${BITMAP} vlan_id:12) | NoAction | 1024 | -`,
  "Egress.mcast_egress.asic_id_to_port | asic_port_id:exact:9 | set_port_number(port_number:8) | NoAction | 256 | -",
];

function describeTable(table: AnyTable): string {
  const keys = table.keys.map(({ name, match, bits }) => `${name}:${match}:${bits}`).join(" ");
  const actions = table.actions.map(
    ({ name, params }) => `${name}(${params.map((param) => `${param.name}:${param.bits}`).join(" ")})`,
  );
  const counter = table.counter ? "C" : "-";
  return [table.name, keys, actions.join(" "), table.defaultAction, table.capacity.sidecar, counter].join(" | ");
}

test("every programmable table is declared as the program has it", () => {
  expect(TABLES.map(describeTable).sort()).toEqual([...PROGRAM].sort());
});

test("every table has the P4 name of its own name, and room for more in the large profile", () => {
  for (const { name, p4, capacity } of TABLES) {
    expect(p4).toBe(`pipe.${name}`);
    expect(capacity.large).toBeGreaterThanOrEqual(capacity.sidecar);
  }
  expect(new Set(TABLES.map(({ name }) => name.toLowerCase()))).toHaveLength(25);
  expect(CONSTANT_TABLES).toHaveLength(10);
});

test("the tables of multicast print their entries as upstream does", () => {
  const model = modelAsic("sidecar");
  const put = <R>(table: TableDecl<R>, row: R): string[] => {
    model.table(table).insert(row);
    return dump({ model }, table);
  };
  const target = { internalIp: "ff04::1", innerMac: 0x3333_0000_0001, vni: 77 };
  const encap = "target=ff04::1 inner_mac=33:33:00:00:00:01 vni=77";
  const { nat, sourceFilter, replication, route, decapPorts } = MCAST_TABLES;
  expect(put(nat.ipv4, { group: "224.1.1.1", vlan: null, ...target })).toEqual([
    `224.1.1.1 false 0 -> mcast_forward_ipv4_to(${encap})`,
  ]);
  expect(put(nat.ipv4, { group: "224.1.1.1", vlan: 10, ...target })).toContain(
    `224.1.1.1 true 10 -> mcast_forward_ipv4_to(${encap})`,
  );
  expect(put(sourceFilter.ipv6, { group: "ff0e::1", source: "::", length: 0 })).toEqual([
    "::/0 ff0e::1 -> allow_source_mcastv6()",
  ]);
  expect(put(replication, { group: "ff04::1", externalId: 65_534, underlayId: 65_533 })).toEqual([
    "ff04::1 -> configure_mcastv6(mcast_grp_a=65534 mcast_grp_b=65533 rid=65534 level1_excl_id=0 level2_excl_id=0)",
  ]);
  expect(put(route.ipv4, { group: "224.1.1.1", vlan: 10 })).toEqual(["224.1.1.1 -> forward_vlan(vlan_id=10)"]);
  const ports = [1, 0x8000_0000, 0, 0, 0, 0, 0, 5] as const;
  expect(put(decapPorts, { externalId: 65_534, ports, vlan: 10 })).toEqual([
    "65534 -> set_decap_ports_and_vlan(ports_0=1 ports_1=2147483648 ports_2=0 ports_3=0 ports_4=0 ports_5=0 ports_6=0 ports_7=5 vlan_id=10)",
  ]);
});
