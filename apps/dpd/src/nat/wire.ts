/** Entries in dpd's wire shape, the counterpart of `input.ts`: built straight from the record, once per answer. */
import { macToBytes } from "@racklet/net";
import type { MacBytes } from "@racklet/net";
import type { NatRow } from "../table/nat.ts";

export interface WireNatTarget {
  internal_ip: string;
  inner_mac: MacBytes;
  vni: number;
}

export interface WireNat {
  external: string;
  low: number;
  high: number;
  target: WireNatTarget;
}

export function wireNatTarget(row: NatRow): WireNatTarget {
  return { internal_ip: row.internalIp, inner_mac: macToBytes(row.mac), vni: row.vni };
}

export function wireNat(row: NatRow): WireNat {
  return { external: row.external, low: row.low, high: row.high, target: wireNatTarget(row) };
}
