/**
 * MAC addresses. Inside, one is a 48-bit number (cheap to compare and to use as a key); on the wire it is upper-case
 * text (Nexus, sled-agent) or `{"a": [six octets]}` (dpd).
 */
import { hexDigit } from "./hex.ts";

/** dpd's wire form. */
export interface MacBytes {
  a: number[];
}

/** Guests' addresses lie in A8:40:25:F0:00:00 ..= A8:40:25:FE:FF:FF. */
export const GUEST_MAC_FIRST = 0xa840_25f0_0000;
export const GUEST_MAC_LAST = 0xa840_25fe_ffff;
const MAC_MAX = 0xffff_ffff_ffff;

/**
 * Six groups of hexadecimal digits between colons, any case. A group may have one digit, or none, which is 00: upstream's
 * documented pattern allows both. Null for anything else.
 */
export function parseMac(text: string): number | null {
  let mac = 0;
  let colons = 0;
  let group = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 58) {
      if (++colons === 6) return null;
      mac = mac * 256 + group;
      group = digits = 0;
      continue;
    }
    const digit = hexDigit(code);
    if (digit < 0 || ++digits > 2) return null;
    group = group * 16 + digit;
  }
  return colons === 5 ? mac * 256 + group : null;
}

/** `A8:40:25:F0:00:01`. Throws RangeError outside 0..2^48-1. */
export function formatMac(mac: number): string {
  if (!Number.isInteger(mac) || mac < 0 || mac > MAC_MAX) throw new RangeError(`not a MAC address: ${mac}`);
  const hex = mac.toString(16).toUpperCase().padStart(12, "0");
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10)}`;
}

export function isMac(text: string): boolean {
  return parseMac(text) !== null;
}

/** The text upstream writes for any accepted spelling, or null. */
export function canonicalMac(text: string): string | null {
  const mac = parseMac(text);
  return mac === null ? null : formatMac(mac);
}

/** Null unless there are exactly six octets 0..255. */
export function macFromBytes({ a }: { readonly a: readonly number[] }): number | null {
  if (a.length !== 6) return null;
  let mac = 0;
  for (const octet of a) {
    if (!Number.isInteger(octet) || octet < 0 || octet > 255) return null;
    mac = mac * 256 + octet;
  }
  return mac;
}

/** Throws RangeError outside 0..2^48-1. */
export function macToBytes(mac: number): MacBytes {
  if (!Number.isInteger(mac) || mac < 0 || mac > MAC_MAX) throw new RangeError(`not a MAC address: ${mac}`);
  const high = Math.floor(mac / 0x1_0000_0000);
  return { a: [high >>> 8, high & 255, (mac >>> 24) & 255, (mac >>> 16) & 255, (mac >>> 8) & 255, mac & 255] };
}

/** The lowest bit of the first octet is set. */
export function isMulticastMac(mac: number): boolean {
  return (Math.floor(mac / 0x100_0000_0000) & 1) === 1;
}
