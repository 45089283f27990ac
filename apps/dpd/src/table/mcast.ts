/** Tables of multicast: who may send, where a group goes, who gets copies and which of them leave decapsulated. */
import { BITS, capacity, encapParams, exact, param } from "./field.ts";
import type { Family } from "./port.ts";
import type { Action, TableDecl } from "./types.ts";

const GROUPS = capacity(1024, 65_536);

/** An external group with its VLAN, exactly, and the underlay group that its packets are sent to. */
export interface McastNatRow {
  readonly group: string;
  /** Null matches untagged packets only. */
  readonly vlan: number | null;
  readonly internalIp: string;
  /** 48 bits. */
  readonly innerMac: number;
  readonly vni: number;
}

function natTable(family: Family): TableDecl<McastNatRow> {
  const forward: Action<McastNatRow> = {
    name: `mcast_forward_${family}_to`,
    params: encapParams((row) => row.innerMac),
  };
  return {
    name: `Ingress.nat_ingress.ingress_${family}_mcast`,
    p4: `pipe.Ingress.nat_ingress.ingress_${family}_mcast`,
    domain: "mcast",
    keys: [
      exact("dst_addr", `hdr.${family}.dst_addr`, family, BITS[family], (row) => row.group),
      exact("vlan_valid", "hdr.vlan.$valid", "bool", 1, (row) => row.vlan !== null),
      exact("vlan_id", "hdr.vlan.vlan_id", "uint", 12, (row) => row.vlan ?? 0),
    ],
    actions: [forward],
    actionOf: () => forward,
    defaultAction: "NoAction",
    capacity: GROUPS,
    counter: true,
  };
}

const NAT: Readonly<Record<Family, TableDecl<McastNatRow>>> = {
  ipv4: natTable("ipv4"),
  ipv6: natTable("ipv6"),
};

/** Senders of a group that are let through. */
export interface McastSourceRow {
  readonly group: string;
  /** Without host bits. */
  readonly source: string;
  readonly length: number;
}

function sourceFilterTable(family: Family): TableDecl<McastSourceRow> {
  const version = family === "ipv4" ? "v4" : "v6";
  const allow: Action<McastSourceRow> = { name: `allow_source_mcast${version}`, params: [] };
  return {
    name: `Ingress.mcast_ingress.mcast_source_filter_${family}`,
    p4: `pipe.Ingress.mcast_ingress.mcast_source_filter_${family}`,
    domain: "mcast",
    keys: [
      {
        name: "src_addr",
        p4: `hdr.inner_${family}.src_addr`,
        match: "lpm",
        type: family,
        bits: BITS[family],
        value: (row) => row.source,
        length: (row) => row.length,
      },
      exact("dst_addr", `hdr.inner_${family}.dst_addr`, family, BITS[family], (row) => row.group),
    ],
    actions: [allow, { name: `drop_mcast${version}_filtered_source`, params: [] }],
    actionOf: () => allow,
    defaultAction: `drop_mcast${version}_filtered_source`,
    capacity: capacity(1024, 1_048_576),
    counter: true,
  };
}

const SOURCE_FILTER: Readonly<Record<Family, TableDecl<McastSourceRow>>> = {
  ipv4: sourceFilterTable("ipv4"),
  ipv6: sourceFilterTable("ipv6"),
};

/** The two ASIC groups of an underlay group. Copies are marked with the external id, and no port is excluded. */
export interface McastReplicationRow {
  readonly group: string;
  readonly externalId: number;
  readonly underlayId: number;
}

const configure: Action<McastReplicationRow> = {
  name: "configure_mcastv6",
  params: [
    param("mcast_grp_a", "uint", 16, (row) => row.externalId),
    param("mcast_grp_b", "uint", 16, (row) => row.underlayId),
    param("rid", "uint", 16, (row) => row.externalId),
    param("level1_excl_id", "uint", 16, () => 0),
    param("level2_excl_id", "uint", 9, () => 0),
  ],
};

const REPLICATION: TableDecl<McastReplicationRow> = {
  name: "Ingress.mcast_ingress.mcast_replication_ipv6",
  p4: "pipe.Ingress.mcast_ingress.mcast_replication_ipv6",
  domain: "mcast",
  keys: [exact("dst_addr", "hdr.ipv6.dst_addr", "ipv6", BITS.ipv6, (row) => row.group)],
  actions: [configure],
  actionOf: () => configure,
  defaultAction: "drop_mcastv6_no_group",
  capacity: GROUPS,
  counter: true,
};

export interface McastRouteRow {
  readonly group: string;
  readonly vlan: number | null;
}

function routeTable(family: Family): TableDecl<McastRouteRow> {
  const router = family === "ipv4" ? "MulticastRouter4" : "MulticastRouter6";
  const forward: Action<McastRouteRow> = { name: "forward", params: [] };
  const forwardVlan: Action<McastRouteRow> = {
    name: "forward_vlan",
    params: [param("vlan_id", "uint", 12, (row) => row.vlan ?? 0)],
  };
  return {
    name: `Ingress.l3_router.${router}.tbl`,
    p4: `pipe.Ingress.l3_router.${router}.tbl`,
    domain: "mcast",
    keys: [exact("dst_addr", `hdr.${family}.dst_addr`, family, BITS[family], (row) => row.group)],
    actions: [forward, forwardVlan],
    actionOf: (row) => (row.vlan === null ? forward : forwardVlan),
    defaultAction: "unreachable",
    capacity: GROUPS,
    counter: true,
  };
}

const ROUTE: Readonly<Record<Family, TableDecl<McastRouteRow>>> = {
  ipv4: routeTable("ipv4"),
  ipv6: routeTable("ipv6"),
};

/** 8 words of 32 bits; port `n` is bit `n & 31` of word `n >> 5`. */
export type PortBitmap = readonly [number, number, number, number, number, number, number, number];

/** Ports, by number, at which copies of a group leave as customers know them. */
export interface McastDecapRow {
  readonly externalId: number;
  readonly ports: PortBitmap;
  readonly vlan: number | null;
}

const decapPorts = Array.from({ length: 8 }, (_, word) =>
  param<McastDecapRow>(`ports_${word}`, "uint", 32, (row) => row.ports[word] ?? 0),
);
const setDecapPorts: Action<McastDecapRow> = { name: "set_decap_ports", params: decapPorts };
const setDecapPortsAndVlan: Action<McastDecapRow> = {
  name: "set_decap_ports_and_vlan",
  params: [...decapPorts, param("vlan_id", "uint", 12, (row) => row.vlan ?? 0)],
};

const DECAP: TableDecl<McastDecapRow> = {
  name: "Egress.mcast_egress.tbl_decap_ports",
  p4: "pipe.Egress.mcast_egress.tbl_decap_ports",
  domain: "mcast",
  keys: [exact("mcast_external_grp", "eg_intr_md.egress_rid", "uint", 16, (row) => row.externalId)],
  actions: [setDecapPorts, setDecapPortsAndVlan],
  actionOf: (row) => (row.vlan === null ? setDecapPorts : setDecapPortsAndVlan),
  defaultAction: "NoAction",
  capacity: GROUPS,
  counter: false,
};

export const MCAST_TABLES = {
  nat: NAT,
  sourceFilter: SOURCE_FILTER,
  replication: REPLICATION,
  route: ROUTE,
  decapPorts: DECAP,
} as const;
