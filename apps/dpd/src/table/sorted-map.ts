/**
 * A map that can be listed in the order of its keys. The order is kept in chunks, so that a change and the start of a page
 * cost about the same however many entries there are.
 */
import { partitionPoint } from "./search.ts";

/** A chunk that grows beyond this is cut in two. */
const CHUNK_MAX = 512;

export class SortedMap<K, V> {
  readonly #compare: (a: K, b: K) => number;
  readonly #idOf: (key: K) => string;
  readonly #held = new Map<string, V>();
  /** The keys in order; no chunk is empty. */
  #chunks: K[][] = [];

  /** `idOf` is a text that only equal keys share. */
  constructor(compare: (a: K, b: K) => number, idOf: (key: K) => string) {
    this.#compare = compare;
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#held.size;
  }

  get(key: K): V | undefined {
    return this.#held.get(this.#idOf(key));
  }

  set(key: K, value: V): void {
    const id = this.#idOf(key);
    const isNew = !this.#held.has(id);
    this.#held.set(id, value);
    if (isNew) this.#insert(key);
  }

  delete(key: K): void {
    if (!this.#held.delete(this.#idOf(key))) return;
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at];
    chunk?.splice(this.#positionIn(chunk, key), 1);
    if (chunk?.length === 0) this.#chunks.splice(at, 1);
  }

  clear(): void {
    this.#held.clear();
    this.#chunks = [];
  }

  /** In no particular order. */
  values(): V[] {
    return [...this.#held.values()];
  }

  /** In order, strictly after `after`, which need not be there. */
  page(limit: number, after?: K): V[] {
    const page: V[] = [];
    for (let at = after === undefined ? 0 : this.#chunkOf(after); at < this.#chunks.length; at++) {
      for (const key of this.#chunks[at] ?? []) {
        if (page.length >= limit) return page;
        if (after !== undefined && this.#compare(key, after) <= 0) continue;
        const value = this.#held.get(this.#idOf(key));
        if (value !== undefined) page.push(value);
      }
    }
    return page;
  }

  #insert(key: K): void {
    // A key beyond the last one goes to the end of the last chunk.
    const at = Math.min(this.#chunkOf(key), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([key]);
      return;
    }
    chunk.splice(this.#positionIn(chunk, key), 0, key);
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2));
  }

  /** The first chunk that does not end before `key`. */
  #chunkOf(key: K): number {
    return partitionPoint(this.#chunks, (chunk) => {
      const last = chunk.at(-1);
      return last !== undefined && this.#compare(last, key) < 0;
    });
  }

  #positionIn(chunk: readonly K[], key: K): number {
    return partitionPoint(chunk, (other) => this.#compare(other, key) < 0);
  }
}
