/**
 * IPv6 text ⇄ bigint, accepting and printing exactly what Rust's std does. One scanner serves validation, parsing and
 * canonical form: it leaves the address in a scratch buffer that is valid until the next scan, so nothing is allocated.
 */
import { hexDigit } from "./hex.ts";
import { formatIpv4, scanIpv4 } from "./ipv4.ts";

const COLON = 58;
const DOT = 46;
const LONGEST_TEXT = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;
const IPV6_MAX = 2n ** 128n - 1n;

const scratch = new DataView(new ArrayBuffer(16));
/** Group at which the scanned text has `::`, or -1, and how many zero groups it stands for. */
let gapStart = -1;
let gapLength = 0;
/** The scanned text ends in a dotted quad. */
let dotted = false;
/** The scanned hexadecimal groups are lower case without leading zeros. */
let plain = true;

/** Scans `text` into the scratch buffer; false when it is not an address. */
export function scanIpv6(text: string): boolean {
  const end = text.length;
  if (end < 2 || end > LONGEST_TEXT) return false;
  gapStart = -1;
  gapLength = 0;
  dotted = false;
  plain = true;
  let count = 0;
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false;
    gapStart = 0;
    i = 2;
  }
  // Each turn reads one group and what follows it. At the end of the text one more is due unless `::` came last.
  while (i < end || gapStart !== count) {
    if (count === 8) return false;
    const groupStart = i;
    let value = 0;
    let code = -1;
    for (; i < end; i++) {
      code = text.charCodeAt(i);
      const digit = hexDigit(code);
      if (digit < 0) break;
      if (i - groupStart === 4) return false;
      if (code <= 70 && code >= 65) plain = false;
      value = value * 16 + digit;
    }
    if (i === groupStart) return false;
    if (i < end && code === DOT) {
      const tail = count > 6 ? -1 : scanIpv4(text, groupStart, end);
      if (tail < 0) return false;
      scratch.setUint32(count * 2, tail);
      count += 2;
      dotted = true;
      break;
    }
    if (i - groupStart > 1 && text.charCodeAt(groupStart) === 48) plain = false;
    scratch.setUint16(count * 2, value);
    count++;
    if (i === end) break;
    if (code !== COLON) return false;
    i++;
    if (i < end && text.charCodeAt(i) === COLON) {
      if (gapStart >= 0) return false;
      gapStart = count;
      i++;
    }
  }
  if (gapStart < 0) return count === 8;
  // `::` stands for at least one group.
  if (count === 8) return false;
  openGap(count);
  return true;
}

/** Moves the groups after `::` to the end of the buffer and zeroes those between. */
function openGap(count: number): void {
  gapLength = 8 - count;
  for (let from = count - 1; from >= gapStart; from--) {
    scratch.setUint16((from + gapLength) * 2, scratch.getUint16(from * 2));
  }
  for (let group = gapStart; group < gapStart + gapLength; group++) scratch.setUint16(group * 2, 0);
}

/** 32 bits of the last scanned address; word 0 is the most significant of four. */
export function scannedWord(word: number): number {
  return scratch.getUint32(word * 4);
}

export function isIpv6(text: string): boolean {
  return scanIpv6(text);
}

/** The address as a 128-bit unsigned integer, or null when `text` is not one. */
export function parseIpv6(text: string): bigint | null {
  if (!scanIpv6(text)) return null;
  return (scratch.getBigUint64(0) << 64n) | scratch.getBigUint64(8);
}

/** Rust's text: longest run of zero groups as `::`, dotted only when IPv4-mapped. Throws RangeError outside 0..2^128-1. */
export function formatIpv6(address: bigint): string {
  if (address < 0n || address > IPV6_MAX) throw new RangeError(`not an IPv6 address: ${address}`);
  scratch.setBigUint64(0, address >> 64n);
  scratch.setBigUint64(8, BigInt.asUintN(64, address));
  return formatScratch();
}

/** `text` itself when it is already what Rust prints, the text Rust prints when it is another spelling, else null. */
export function canonicalIpv6(text: string): string | null {
  if (!scanIpv6(text)) return null;
  return scannedTextIsCanonical() ? text : formatScratch();
}

function scannedTextIsCanonical(): boolean {
  const mapped = isMapped();
  if (!plain || dotted !== mapped) return false;
  if (mapped) return gapStart === 0 && gapLength === 5;
  const run = longestZeroRun();
  return run.length < 2 ? gapStart < 0 : gapStart === run.start && gapLength === run.length;
}

function formatScratch(): string {
  if (isMapped()) return `::ffff:${formatIpv4(scratch.getUint32(12))}`;
  const { start, length } = longestZeroRun();
  if (length < 2) return formatGroups(0, 8);
  return `${formatGroups(0, start)}::${formatGroups(start + length, 8)}`;
}

function formatGroups(from: number, to: number): string {
  if (from === to) return "";
  let text = scratch.getUint16(from * 2).toString(16);
  for (let group = from + 1; group < to; group++) text += `:${scratch.getUint16(group * 2).toString(16)}`;
  return text;
}

/** ::ffff:0:0/96 */
function isMapped(): boolean {
  return scratch.getUint32(0) === 0 && scratch.getUint32(4) === 0 && scratch.getUint32(8) === 0xffff;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(): { start: number; length: number } {
  let start = 0;
  let length = 0;
  let current = 0;
  for (let group = 0; group < 8; group++) {
    current = scratch.getUint16(group * 2) === 0 ? current + 1 : 0;
    if (current > length) {
      length = current;
      start = group - current + 1;
    }
  }
  return { start, length };
}
