/** Entries in dpd's wire shape, the counterpart of `input.ts`: built straight from the record, once per answer. */
import type { ByteWriter, RowWriter } from "@racklet/api-kit";
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

/** Writes the JSON of `wireNat(row)`. Addresses are canonical, so they are ASCII and there is nothing to escape. */
export const natWriter: RowWriter<NatRow> = { write: writeNat, maxBytes: 256 };

function writeNat(row: NatRow, out: ByteWriter): void {
  out.ascii('{"external":"');
  out.ascii(row.external);
  out.ascii('","low":');
  out.uint(row.low);
  out.ascii(',"high":');
  out.uint(row.high);
  out.ascii(',"target":{"internal_ip":"');
  out.ascii(row.internalIp);
  out.ascii('","inner_mac":{"a":[');
  const high = Math.floor(row.mac / 0x100_0000);
  const low = row.mac - high * 0x100_0000;
  out.uint(high >> 16);
  out.ascii(",");
  out.uint((high >> 8) & 255);
  out.ascii(",");
  out.uint(high & 255);
  out.ascii(",");
  out.uint(low >> 16);
  out.ascii(",");
  out.uint((low >> 8) & 255);
  out.ascii(",");
  out.uint(low & 255);
  out.ascii(']},"vni":');
  out.uint(row.vni);
  out.ascii("}}");
}
