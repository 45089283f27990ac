/** The two NAT tables: (external address, destination port) → sled underlay address, guest MAC and VNI. */
import type { Action, Profile, TableDecl } from "./types.ts";

export type Family = "ipv4" | "ipv6";

/** What an entry of a NAT table says. Addresses are canonical text; `mac` is a 48-bit number; the port range is inclusive. */
export interface NatRow {
  readonly family: Family;
  readonly external: string;
  readonly low: number;
  readonly high: number;
  readonly internalIp: string;
  readonly mac: number;
  readonly vni: number;
}

/** `large` is for scale work; no ASIC has room for it. */
const CAPACITY: Readonly<Record<Profile, number>> = { sidecar: 1024, large: 1_048_576 };

function natTable(family: Family, addressBits: number): TableDecl<NatRow> {
  const forward: Action<NatRow> = {
    name: `forward_${family}_to`,
    params: [
      { name: "target", type: "ipv6", bits: 128, value: (row) => row.internalIp },
      { name: "inner_mac", type: "mac", bits: 48, value: (row) => row.mac },
      { name: "vni", type: "uint", bits: 24, value: (row) => row.vni },
    ],
  };
  return {
    name: `Ingress.nat_ingress.ingress_${family}`,
    p4: `pipe.Ingress.nat_ingress.ingress_${family}`,
    domain: "nat",
    keys: [
      {
        name: "dst_addr",
        p4: `hdr.${family}.dst_addr`,
        match: "exact",
        type: family,
        bits: addressBits,
        value: (row) => row.external,
      },
      {
        name: "ports",
        p4: "meta.l4_dst_port",
        match: "range",
        bits: 16,
        low: (row) => row.low,
        high: (row) => row.high,
      },
    ],
    actions: [forward],
    actionOf: () => forward,
    defaultAction: "NoAction",
    capacity: CAPACITY,
    counter: true,
  };
}

export const NAT_TABLES: Readonly<Record<Family, TableDecl<NatRow>>> = {
  ipv4: natTable("ipv4", 32),
  ipv6: natTable("ipv6", 128),
};
