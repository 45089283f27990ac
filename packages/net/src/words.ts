/**
 * The common form of both families: four 32-bit words, most significant first, an IPv4 address in word 0. Prefix bits
 * are thereby left-aligned in both, and comparing or masking needs no bigint.
 */
import { scanIpv4 } from "./ipv4.ts";
import { scanIpv6, scannedWord } from "./ipv6.ts";

export type IpVersion = 4 | 6;

/** Puts the address into `words` and answers its version, or 0 when `text` is no address (`words` is then untouched). */
export function findIpWords(text: string, words: Uint32Array): IpVersion | 0 {
  const v4 = scanIpv4(text, 0, text.length);
  if (v4 >= 0) {
    words[0] = v4;
    words[1] = words[2] = words[3] = 0;
    return 4;
  }
  if (!scanIpv6(text)) return 0;
  for (let i = 0; i < 4; i++) words[i] = scannedWord(i);
  return 6;
}

/** As findIpWords, but throws TypeError when `text` is no address: for text that was validated on its way in. */
export function getIpWords(text: string, words: Uint32Array): IpVersion {
  const version = findIpWords(text, words);
  if (version === 0) throw new TypeError(`not an IP address: ${JSON.stringify(text)}`);
  return version;
}

/** Word `word` of the mask of a prefix of `length` bits. */
export function maskWord(length: number, word: number): number {
  const bits = length - word * 32;
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - bits)) >>> 0;
}

/** A word of a four-word buffer. */
export function wordAt(words: Uint32Array, word: number): number {
  return words[word] ?? 0;
}
