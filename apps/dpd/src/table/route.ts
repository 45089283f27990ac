/**
 * The two tables of a unicast router: a prefix gives a run of slots, and a slot a next hop. A packet's hash picks one of
 * the run.
 */
import { BITS, capacity, exact, param } from "./field.ts";
import type { Family } from "./port.ts";
import type { Action, TableDecl } from "./types.ts";

/** `index` and `slots` say where the next hops of the prefix are. */
export interface RouteLookupRow {
  /** Without host bits. */
  readonly address: string;
  readonly length: number;
  readonly index: number;
  /** 1..32. */
  readonly slots: number;
}

export interface RouteSlotRow {
  readonly index: number;
  /** Number of the ASIC port. */
  readonly port: number;
  readonly nexthop: string;
  readonly nexthopFamily: Family;
  readonly vlanId: number | null;
}

/** An index has 16 bits. */
const LARGE = 65_536;

function lookupTable(family: Family): TableDecl<RouteLookupRow> {
  const router = family === "ipv4" ? "Router4" : "Router6";
  const index: Action<RouteLookupRow> = {
    name: "index",
    params: [param("idx", "uint", 16, (row) => row.index), param("slots", "uint", 8, (row) => row.slots)],
  };
  return {
    name: `Ingress.l3_router.${router}.lookup_idx.lookup`,
    p4: `pipe.Ingress.l3_router.${router}.lookup_idx.lookup`,
    domain: "route",
    keys: [
      {
        name: "dst_addr",
        p4: `hdr.${family}.dst_addr`,
        match: "lpm",
        type: family,
        bits: BITS[family],
        value: (row) => row.address,
        length: (row) => row.length,
      },
    ],
    actions: [index],
    actionOf: () => index,
    defaultAction: "unreachable",
    capacity: family === "ipv4" ? capacity(8191, LARGE) : capacity(1023, LARGE),
    counter: true,
  };
}

const slotParams = (family: Family) => [
  param<RouteSlotRow>("port", "uint", 9, (row) => row.port),
  param<RouteSlotRow>("nexthop", family, BITS[family], (row) => row.nexthop),
];
const vlanParam = param<RouteSlotRow>("vlan_id", "uint", 12, (row) => row.vlanId ?? 0);

function slotActions(nexthop: Family, suffix: string): { plain: Action<RouteSlotRow>; vlan: Action<RouteSlotRow> } {
  return {
    plain: { name: `forward${suffix}`, params: slotParams(nexthop) },
    vlan: { name: `forward_vlan${suffix}`, params: [...slotParams(nexthop), vlanParam] },
  };
}

function slotTable(family: Family): TableDecl<RouteSlotRow> {
  const router = family === "ipv4" ? "Router4" : "Router6";
  const own = slotActions(family, "");
  const ipv6 = family === "ipv4" ? slotActions("ipv6", "_v6") : own;
  const byFamily = { ipv4: own, ipv6 };
  return {
    name: `Ingress.l3_router.${router}.lookup_idx.route`,
    p4: `pipe.Ingress.l3_router.${router}.lookup_idx.route`,
    domain: "route",
    keys: [exact("idx", "res.idx", "uint", 16, (row) => row.index)],
    actions: family === "ipv4" ? [own.plain, ipv6.plain, own.vlan, ipv6.vlan] : [own.plain, own.vlan],
    actionOf: (row) => byFamily[row.nexthopFamily][row.vlanId === null ? "plain" : "vlan"],
    defaultAction: "NoAction",
    capacity: family === "ipv4" ? capacity(8191, LARGE) : capacity(1023, LARGE),
    counter: true,
  };
}

export const ROUTE_LOOKUP: Readonly<Record<Family, TableDecl<RouteLookupRow>>> = {
  ipv4: lookupTable("ipv4"),
  ipv6: lookupTable("ipv6"),
};

export const ROUTE_SLOTS: Readonly<Record<Family, TableDecl<RouteSlotRow>>> = {
  ipv4: slotTable("ipv4"),
  ipv6: slotTable("ipv6"),
};
