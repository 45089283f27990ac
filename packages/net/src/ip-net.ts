/** Prefixes (`addr/len`). Host bits are kept, as upstream keeps them: 10.0.0.5/24 stays that and prints as that. */
import { parseU8 } from "./decimal.ts";
import { canonicalIp, compareIp, ipFromBigint, ipToBigint, ipVersion } from "./ip.ts";
import type { IpRange } from "./ip-range.ts";
import { getIpWords, maskWord, wordAt } from "./words.ts";

export interface IpNet {
  /** Canonical text, host bits included. */
  readonly address: string;
  /** 0..32 for IPv4, 0..128 for IPv6. */
  readonly length: number;
}

const net4 = new Uint32Array(4);
const ip4 = new Uint32Array(4);

/** Null unless `text` is an address, one slash, and a length the family allows (written as Rust reads a u8: `08` is 8). */
export function parseIpNet(text: string): IpNet | null {
  const slash = text.indexOf("/");
  if (slash < 0) return null;
  const address = canonicalIp(text.slice(0, slash));
  const length = parseU8(text.slice(slash + 1));
  if (address === null || length === null || length > addressBits(address)) return null;
  return { address, length };
}

export function formatIpNet(net: IpNet): string {
  return `${net.address}/${net.length}`;
}

export function isIpNet(text: string): boolean {
  return parseIpNet(text) !== null;
}

/** Total order: IPv4 before IPv6, then address, then length. */
export function compareIpNet(a: IpNet, b: IpNet): number {
  return compareIp(a.address, b.address) || a.length - b.length;
}

/** `ip` is of the family of `net` and shares its first `net.length` bits. */
export function inPrefix(ip: string, net: IpNet): boolean {
  if (getIpWords(ip, ip4) !== getIpWords(net.address, net4)) return false;
  for (let i = 0; i < 4; i++) {
    if (((wordAt(ip4, i) ^ wordAt(net4, i)) & maskWord(net.length, i)) !== 0) return false;
  }
  return true;
}

/** The net without host bits. */
export function networkOf(net: IpNet): IpNet {
  return { address: ipNetRange(net).first, length: net.length };
}

/** First and last address of the net. */
export function ipNetRange(net: IpNet): IpRange {
  const version = ipVersion(net.address);
  const hostMask = (1n << BigInt(addressBits(net.address) - net.length)) - 1n;
  const address = ipToBigint(net.address);
  const first = address & ~hostMask;
  return { first: ipFromBigint(version, first), last: ipFromBigint(version, first | hostMask) };
}

function addressBits(ip: string): 32 | 128 {
  return ipVersion(ip) === 4 ? 32 : 128;
}
