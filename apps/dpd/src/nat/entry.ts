/**
 * One NAT entry, at once the row in the ASIC's table and the record in soft state, so that 100,000 of them cost one
 * object each. Key and target never change; only who owns it does, and only NatState and NatGroup change that.
 */
import { ORIGIN, type Origin } from "../provenance/ledger.ts";
import type { Family, NatRow } from "../table/nat.ts";
import type { NatGroup } from "./group.ts";

export class NatEntry implements NatRow {
  readonly family: Family;
  /** Orders IPv4 addresses as small integers, which cost no object: the address less 2^31. 0 for IPv6. */
  readonly order: number;
  readonly external: string;
  readonly low: number;
  readonly high: number;
  readonly internalIp: string;
  readonly mac: number;
  readonly vni: number;
  /** The group it belongs to; undefined when it was created one at a time. */
  owner: NatGroup | undefined = undefined;
  /** Its place among its owner's members. */
  position = -1;
  /** The request that wrote it; the ledger's. */
  [ORIGIN]: Origin | undefined = undefined;

  /** `ipv4` is the external address as a u32, or null for IPv6. */
  constructor(
    ipv4: number | null,
    external: string,
    low: number,
    high: number,
    internalIp: string,
    mac: number,
    vni: number,
  ) {
    this.family = ipv4 === null ? "ipv6" : "ipv4";
    this.order = ipv4 === null ? 0 : ipv4 - 0x8000_0000;
    this.external = external;
    this.low = low;
    this.high = high;
    this.internalIp = internalIp;
    this.mac = mac;
    this.vni = vni;
  }
}

/** Address and inclusive port range: what tells entries apart. */
export type NatKey = Pick<NatRow, "external" | "low" | "high">;

export function sameRange(a: NatKey, b: NatKey): boolean {
  return a.low === b.low && a.high === b.high;
}

export function sameTarget(a: NatRow, b: NatRow): boolean {
  return a.vni === b.vni && a.mac === b.mac && a.internalIp === b.internalIp;
}

export function keyText(key: NatKey): string {
  return `${key.external}/${key.low}-${key.high}`;
}

/** The family of a valid address. */
export function familyOf(external: string): Family {
  return external.includes(":") ? "ipv6" : "ipv4";
}
