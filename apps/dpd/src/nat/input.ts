/**
 * Entries as they come from the API, checked and made into NatEntry objects. The input has dpd's wire shape on purpose:
 * a body of 100,000 entries is read once, straight from what the JSON parser made, and none of its objects is kept.
 */
import { canonicalIp, isIpv4, macFromBytes, parseIpv4 } from "@racklet/net";
import { invalid } from "../errors.ts";
import { NatEntry } from "./entry.ts";
import type { NatKey } from "./entry.ts";

/** The wire's NatTarget. */
export interface NatTargetInput {
  readonly internal_ip: string;
  readonly inner_mac: { readonly a: readonly number[] };
  readonly vni: number;
}

/** The wire's Ipv4Nat and Ipv6Nat: `external` of either family. */
export interface NatEntryInput extends NatKey {
  readonly target: NatTargetInput;
}

/** Reads entries of one request; equal target addresses become one string. */
export class EntryReader {
  readonly #internalIps = new Map<string, string>();

  /** `where` names the entry in messages, for example `entries[3]`. Throws `invalid`. */
  read(input: NatEntryInput, where: () => string): NatEntry {
    const { external, low, high, target } = input;
    const ipv4 = parseIpv4(external);
    const canonical = ipv4 === null ? canonicalIp(external) : external;
    if (canonical === null) throw invalid(`${where()}.external: not an IP address: ${external}`);
    checkRange(low, high, where);
    const mac = macFromBytes(target.inner_mac);
    if (mac === null) throw invalid(`${where()}.target.inner_mac: six octets 0..255 expected`);
    const { vni } = target;
    if ((vni & 0xff_ffff) !== vni) throw invalid(`${where()}.target.vni: ${vni} is not an integer 0..16777215`);
    const internalIp = this.#internalIps.get(target.internal_ip) ?? this.#readInternalIp(target.internal_ip, where);
    return new NatEntry(ipv4, canonical, low, high, internalIp, mac, vni);
  }

  #readInternalIp(text: string, where: () => string): string {
    const canonical = canonicalIp(text);
    if (canonical === null || isIpv4(canonical)) {
      throw invalid(`${where()}.target.internal_ip: not an IPv6 address: ${text}`);
    }
    this.#internalIps.set(text, canonical);
    return canonical;
  }
}

/** Throws `invalid` unless both are u16 and in order. */
export function checkRange(low: number, high: number, where: () => string): void {
  if ((low & 0xffff) !== low || (high & 0xffff) !== high)
    throw invalid(`${where()}: a port is not an integer 0..65535`);
  if (low > high) throw invalid(`invalid port range: ${where()} has low ${low} above high ${high}`);
}

/** Canonical text of an external address; throws `invalid`. */
export function readExternal(text: string, where: () => string): string {
  const canonical = canonicalIp(text);
  if (canonical === null) throw invalid(`${where()}: not an IP address: ${text}`);
  return canonical;
}
