/** A set of entries that do not overlap, by address: what a request asks for, or what a group is missing. */
import { ContentHash } from "./content-hash.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import { findExact, insertSorted, without } from "./ranges.ts";

export class EntrySet {
  readonly #addresses = new Map<string, NatEntry[]>();
  #ipv4 = 0;
  #ipv6 = 0;

  get size(): number {
    return this.#ipv4 + this.#ipv6;
  }

  get ipv4(): number {
    return this.#ipv4;
  }

  get ipv6(): number {
    return this.#ipv6;
  }

  /** By address, each list sorted by low. A list may be handed on as it is once the set is done with. */
  get addresses(): ReadonlyMap<string, NatEntry[]> {
    return this.#addresses;
  }

  /** Answers the entry it would overlap instead of adding it. */
  add(entry: NatEntry): NatEntry | undefined {
    const list = this.#addresses.get(entry.external);
    if (list === undefined) this.#addresses.set(entry.external, [entry]);
    else {
      const inTheWay = insertSorted(list, entry);
      if (inTheWay !== undefined) return inTheWay;
    }
    this.#count(entry, 1);
    return undefined;
  }

  at(external: string): readonly NatEntry[] {
    return this.#addresses.get(external) ?? [];
  }

  find(key: NatKey): NatEntry | undefined {
    const list = this.#addresses.get(key.external);
    return list === undefined ? undefined : findExact(list, key);
  }

  delete(entry: NatEntry): void {
    const list = this.#addresses.get(entry.external);
    if (list === undefined || !list.includes(entry)) return;
    if (list.length === 1) this.#addresses.delete(entry.external);
    else this.#addresses.set(entry.external, without(list, entry));
    this.#count(entry, -1);
  }

  clear(): void {
    this.#addresses.clear();
    this.#ipv4 = this.#ipv6 = 0;
  }

  hash(): ContentHash {
    const hash = new ContentHash();
    for (const list of this.#addresses.values()) for (const entry of list) hash.add(entry);
    return hash;
  }

  #count(entry: NatEntry, by: number): void {
    if (entry.family === "ipv4") this.#ipv4 += by;
    else this.#ipv6 += by;
  }
}
