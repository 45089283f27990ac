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

/** The JSON of `wireNat(row)`. Addresses are canonical, so there is nothing to escape. */
export function wireNatText(row: NatRow): string {
  const high = Math.floor(row.mac / 0x100_0000);
  const low = row.mac - high * 0x100_0000;
  const octets = `${high >> 16},${(high >> 8) & 255},${high & 255},${low >> 16},${(low >> 8) & 255},${low & 255}`;
  return (
    `{"external":"${row.external}","low":${row.low},"high":${row.high},"target":{"internal_ip":"${row.internalIp}",` +
    `"inner_mac":{"a":[${octets}]},"vni":${row.vni}}}`
  );
}
