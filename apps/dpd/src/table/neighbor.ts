/** The MAC of a next hop: ARP and NDP. */
import { BITS, capacity, exact, param } from "./field.ts";
import type { Family } from "./port.ts";
import type { Action, TableDecl } from "./types.ts";

export interface NeighborRow {
  readonly ip: string;
  /** 0 drops what would be sent there. */
  readonly mac: number;
}

function neighborTable(name: string, family: Family): TableDecl<NeighborRow> {
  const rewrite: Action<NeighborRow> = {
    name: "rewrite",
    params: [param("dst_mac", "mac", BITS.mac, (row) => row.mac)],
  };
  const drop: Action<NeighborRow> = { name: "drop", params: [] };
  return {
    name: `Ingress.l3_router.${name}.tbl`,
    p4: `pipe.Ingress.l3_router.${name}.tbl`,
    domain: "neighbor",
    keys: [exact("ip", `meta.nexthop_${family}`, family, BITS[family], (row) => row.ip)],
    actions: [rewrite, drop],
    actionOf: (row) => (row.mac === 0 ? drop : rewrite),
    defaultAction: "request",
    capacity: capacity(512, 65_536),
    counter: true,
  };
}

export const NEIGHBOR_TABLES: Readonly<Record<Family, TableDecl<NeighborRow>>> = {
  ipv4: neighborTable("Arp", "ipv4"),
  ipv6: neighborTable("Ndp", "ipv6"),
};
