/** Tables about the ports of the switch: which addresses are its own, its MACs, which ports face the customer. */
import { BITS, capacity, exact, param } from "./field.ts";
import type { Action, TableDecl } from "./types.ts";

export type Family = "ipv4" | "ipv6";

/** An address is claimed on one port and dropped on all others; a loopback is claimed on all. */
export interface SwitchAddressRow {
  readonly addr: string;
  readonly port: number;
  /** 0x1ff looks at the whole port, 0 at nothing. */
  readonly mask: number;
  readonly claim: boolean;
}

/** Two entries for each address. The ASIC keeps one of its 512 for the default action, so 255 addresses fit. */
const ADDRESS_ENTRIES = capacity(511, 16_384);

function switchAddressTable(family: Family): TableDecl<SwitchAddressRow> {
  const version = family === "ipv4" ? 4 : 6;
  const claim: Action<SwitchAddressRow> = { name: `claimv${version}`, params: [] };
  const drop: Action<SwitchAddressRow> = { name: `dropv${version}`, params: [] };
  const address = family === "ipv4" ? "meta.orig_dst_ipv4" : "hdr.ipv6.dst_addr";
  return {
    name: `Ingress.filter.switch_${family}_addr`,
    p4: `pipe.Ingress.filter.switch_${family}_addr`,
    domain: "port",
    keys: [
      exact("dst_addr", address, family, BITS[family], (row) => row.addr),
      {
        name: "in_port",
        p4: "ig_intr_md.ingress_port",
        match: "ternary",
        bits: 9,
        value: (row) => row.port,
        mask: (row) => row.mask,
      },
    ],
    actions: [claim, drop],
    actionOf: (row) => (row.claim ? claim : drop),
    defaultAction: "NoAction",
    capacity: ADDRESS_ENTRIES,
    counter: true,
  };
}

export const SWITCH_ADDRESS_TABLES: Readonly<Record<Family, TableDecl<SwitchAddressRow>>> = {
  ipv4: switchAddressTable("ipv4"),
  ipv6: switchAddressTable("ipv6"),
};

export interface PortRow {
  /** Number of the ASIC port. */
  readonly port: number;
}

function portTable(name: string, p4: string, key: string, action: string, defaultAction: string): TableDecl<PortRow> {
  const only: Action<PortRow> = { name: action, params: [] };
  return {
    name,
    p4: `pipe.${name}`,
    domain: "port",
    keys: [exact(key, p4, "uint", 9, (row) => row.port)],
    actions: [only],
    actionOf: () => only,
    defaultAction,
    capacity: capacity(256),
    counter: false,
  };
}

export const UPLINK_PORTS = portTable(
  "Ingress.filter.uplink_ports",
  "ig_intr_md.ingress_port",
  "in_port",
  "uplink_port",
  "NoAction",
);

export const EGRESS_FILTER = portTable(
  "Ingress.egress_filter.egress_filter",
  "ig_tm_md.ucast_egress_port",
  "out_port",
  "guest_traffic_allowed",
  "guest_traffic_not_allowed",
);

export interface PortMacRow extends PortRow {
  readonly mac: number;
}

function macTable(name: string, p4: string): TableDecl<PortMacRow> {
  const rewrite: Action<PortMacRow> = { name: "rewrite", params: [param("mac", "mac", BITS.mac, (row) => row.mac)] };
  return {
    name,
    p4: `pipe.${name}`,
    domain: "port",
    keys: [exact("port", p4, "uint", 9, (row) => row.port)],
    actions: [rewrite],
    actionOf: () => rewrite,
    defaultAction: "NoAction",
    capacity: capacity(256),
    counter: true,
  };
}

export const INGRESS_MAC = macTable("Ingress.mac_rewrite.mac_rewrite", "port");
export const EGRESS_MAC = macTable("Egress.mac_rewrite.mac_rewrite", "port");

export interface PortNumberRow extends PortRow {
  /** The bit that stands for the port in a bitmap of ports. */
  readonly number: number;
}

const setPortNumber: Action<PortNumberRow> = {
  name: "set_port_number",
  params: [param("port_number", "uint", 8, (row) => row.number)],
};

export const ASIC_ID_TO_PORT: TableDecl<PortNumberRow> = {
  name: "Egress.mcast_egress.asic_id_to_port",
  p4: "pipe.Egress.mcast_egress.asic_id_to_port",
  domain: "port",
  keys: [exact("asic_port_id", "eg_intr_md.egress_port", "uint", 9, (row) => row.port)],
  actions: [setPortNumber],
  actionOf: () => setPortNumber,
  defaultAction: "NoAction",
  capacity: capacity(256),
  counter: false,
};
