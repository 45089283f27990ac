/**
 * Longest-prefix-match table for both families: one hash map per prefix length in use, tried from the longest. Nets that
 * differ only in host bits are the same key. A lookup costs at most one probe per length in use, however many entries.
 */
import type { IpNet } from "./ip-net.ts";
import { networkOf } from "./ip-net.ts";
import { getIpWords, maskWord, wordAt, type IpVersion } from "./words.ts";

export interface LpmEntry<T> {
  /** The net without host bits. */
  readonly net: IpNet;
  readonly value: T;
}

/**
 * A number for IPv4; for IPv6 the eight masked groups as one string. A bigint would be the natural key, but V8 hashes
 * only its low 64 bits, which are all zero in every net of /64 or shorter: such a map degenerates into one bucket.
 */
type Key = number | string;

interface Length<T> {
  readonly length: number;
  readonly entries: Map<Key, LpmEntry<T>>;
}

const words = new Uint32Array(4);

export class LpmTable<T> {
  /** Longest first; no length without entries. */
  readonly #lengths: Record<IpVersion, Length<T>[]> = { 4: [], 6: [] };

  get size(): number {
    return [...this.#lengths[4], ...this.#lengths[6]].reduce((sum, { entries }) => sum + entries.size, 0);
  }

  /** Adds the net or replaces its value. */
  set(net: IpNet, value: T): void {
    const version = getIpWords(net.address, words);
    const key = maskedKey(version, net.length);
    this.#ensureLength(version, net.length).entries.set(key, { net: networkOf(net), value });
  }

  /** The value stored for exactly this net. */
  get(net: IpNet): T | undefined {
    const version = getIpWords(net.address, words);
    const length = this.#lengths[version].find((each) => each.length === net.length);
    return length?.entries.get(maskedKey(version, net.length))?.value;
  }

  /** False when the net was not in the table. */
  delete(net: IpNet): boolean {
    const version = getIpWords(net.address, words);
    const lengths = this.#lengths[version];
    const at = lengths.findIndex((each) => each.length === net.length);
    const entries = lengths[at]?.entries;
    if (!entries?.delete(maskedKey(version, net.length))) return false;
    if (entries.size === 0) lengths.splice(at, 1);
    return true;
  }

  /** The entry with the longest net that holds `ip`. */
  lookup(ip: string): LpmEntry<T> | undefined {
    const version = getIpWords(ip, words);
    for (const { length, entries } of this.#lengths[version]) {
      const entry = entries.get(maskedKey(version, length));
      if (entry) return entry;
    }
    return undefined;
  }

  /** Every entry: IPv4 before IPv6, longest nets first, otherwise in no particular order. */
  *entries(): IterableIterator<LpmEntry<T>> {
    for (const { entries } of this.#lengths[4]) yield* entries.values();
    for (const { entries } of this.#lengths[6]) yield* entries.values();
  }

  #ensureLength(version: IpVersion, length: number): Length<T> {
    const lengths = this.#lengths[version];
    const at = lengths.findIndex((each) => each.length <= length);
    const found = lengths[at];
    if (found?.length === length) return found;
    const created: Length<T> = { length, entries: new Map() };
    lengths.splice(at < 0 ? lengths.length : at, 0, created);
    return created;
  }
}

/** Key of the address in `words`, cut to `length` bits. */
function maskedKey(version: IpVersion, length: number): Key {
  const w0 = wordAt(words, 0) & maskWord(length, 0);
  if (version === 4) return w0 >>> 0;
  const w1 = wordAt(words, 1) & maskWord(length, 1);
  const w2 = wordAt(words, 2) & maskWord(length, 2);
  const w3 = wordAt(words, 3) & maskWord(length, 3);
  return String.fromCharCode(w0 >>> 16, w0, w1 >>> 16, w1, w2 >>> 16, w2, w3 >>> 16, w3);
}
