/**
 * Addresses of either family. The rest of the code carries an address as its canonical text (what Rust prints), so that
 * equal addresses are equal strings and map keys; `canonicalIp` is the one way in. Functions that take an address throw
 * TypeError on text that is none, except the `is…`, `parse…` and `canonical…` ones, which decide.
 */
import { formatIpv4, isIpv4, parseIpv4 } from "./ipv4.ts";
import { canonicalIpv6, formatIpv6, isIpv6, parseIpv6 } from "./ipv6.ts";
import { getIpWords, wordAt, type IpVersion } from "./words.ts";

const left = new Uint32Array(4);
const right = new Uint32Array(4);

export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** The canonical text of an address in any accepted spelling (the same string when it already is), or null. */
export function canonicalIp(text: string): string | null {
  // Accepted IPv4 text has one spelling only.
  return isIpv4(text) ? text : canonicalIpv6(text);
}

/** Family of an address that is known to be valid; costs one character search. */
export function ipVersion(ip: string): IpVersion {
  return ip.includes(":") ? 6 : 4;
}

/** Total order: IPv4 before IPv6, numeric within a family. Negative, 0 or positive. */
export function compareIp(a: string, b: string): number {
  if (a === b) return 0;
  const versionA = getIpWords(a, left);
  const versionB = getIpWords(b, right);
  if (versionA !== versionB) return versionA - versionB;
  for (let i = 0; i < 4; i++) {
    const difference = wordAt(left, i) - wordAt(right, i);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The address as an unsigned integer of 32 or 128 bits. */
export function ipToBigint(ip: string): bigint {
  const v4 = parseIpv4(ip);
  if (v4 !== null) return BigInt(v4);
  const v6 = parseIpv6(ip);
  if (v6 === null) throw new TypeError(`not an IP address: ${JSON.stringify(ip)}`);
  return v6;
}

/** Throws RangeError when `n` does not fit the family. */
export function ipFromBigint(version: IpVersion, n: bigint): string {
  return version === 4 ? formatIpv4(Number(n)) : formatIpv6(n);
}

/** The address after `ip`, or null after the last one of its family. */
export function nextIp(ip: string): string | null {
  const next = ipToBigint(ip) + 1n;
  const version = ipVersion(ip);
  return next >> (version === 4 ? 32n : 128n) === 0n ? ipFromBigint(version, next) : null;
}
