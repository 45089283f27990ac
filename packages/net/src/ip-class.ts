/**
 * Classes of addresses, as Rust's std and the control plane define them. An IPv4-mapped IPv6 address is an IPv6 address
 * here, as in std: `::ffff:127.0.0.1` is not loopback. All take valid address text and throw TypeError otherwise.
 */
import { getIpWords, wordAt } from "./words.ts";

const words = new Uint32Array(4);

/** 224.0.0.0/4, ff00::/8. */
export function isMulticast(ip: string): boolean {
  const version = getIpWords(ip, words);
  return version === 4 ? top(4) === 0xe : top(8) === 0xff;
}

/** 127.0.0.0/8, ::1. */
export function isLoopback(ip: string): boolean {
  const version = getIpWords(ip, words);
  return version === 4 ? top(8) === 127 : isValue(0, 0, 0, 1);
}

/** 0.0.0.0, ::. */
export function isUnspecified(ip: string): boolean {
  getIpWords(ip, words);
  return isValue(0, 0, 0, 0);
}

/** Unicast link-local: 169.254.0.0/16, fe80::/10. */
export function isLinkLocal(ip: string): boolean {
  const version = getIpWords(ip, words);
  return version === 4 ? top(16) === 0xa9fe : top(10) === 0xfe80 >>> 6;
}

/** 255.255.255.255. */
export function isBroadcast(ip: string): boolean {
  return getIpWords(ip, words) === 4 && top(32) === 0xffff_ffff;
}

/**
 * Source-specific multicast as Nexus decides it: 232.0.0.0/8 and the sixteen blocks ff3x::/32, so `ff3e:1::1` is not.
 * Compare isSsmByFlags.
 */
export function isSsm(ip: string): boolean {
  const version = getIpWords(ip, words);
  return version === 4 ? top(8) === 232 : top(12) === 0xff3 && (wordAt(words, 0) & 0xffff) === 0;
}

/** Source-specific multicast as dpd decides it: 232.0.0.0/8 and all of ff30::/12. */
export function isSsmByFlags(ip: string): boolean {
  const version = getIpWords(ip, words);
  return version === 4 ? top(8) === 232 : top(12) === 0xff3;
}

/** ff04::/64, where the underlay groups live. */
export function isUnderlayMulticast(ip: string): boolean {
  return getIpWords(ip, words) === 6 && wordAt(words, 0) === 0xff04_0000 && wordAt(words, 1) === 0;
}

function top(bits: number): number {
  return wordAt(words, 0) >>> (32 - bits);
}

function isValue(a: number, b: number, c: number, d: number): boolean {
  return wordAt(words, 0) === a && wordAt(words, 1) === b && wordAt(words, 2) === c && wordAt(words, 3) === d;
}
