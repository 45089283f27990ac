/** A map that can be listed in the order of its keys: a page costs a search, a change a search and a shift. */
import { partitionPoint } from "./search.ts";

export class SortedMap<K, V> {
  readonly #compare: (a: K, b: K) => number;
  readonly #idOf: (key: K) => string;
  readonly #held = new Map<string, { readonly key: K; value: V }>();
  #sorted: K[] = [];

  /** `idOf` is a text that only equal keys share. */
  constructor(compare: (a: K, b: K) => number, idOf: (key: K) => string) {
    this.#compare = compare;
    this.#idOf = idOf;
  }

  get size(): number {
    return this.#held.size;
  }

  get(key: K): V | undefined {
    return this.#held.get(this.#idOf(key))?.value;
  }

  set(key: K, value: V): void {
    const id = this.#idOf(key);
    const held = this.#held.get(id);
    if (held !== undefined) {
      held.value = value;
      return;
    }
    this.#held.set(id, { key, value });
    this.#sorted.splice(this.#positionOf(key), 0, key);
  }

  delete(key: K): void {
    if (!this.#held.delete(this.#idOf(key))) return;
    this.#sorted.splice(this.#positionOf(key), 1);
  }

  clear(): void {
    this.#held.clear();
    this.#sorted = [];
  }

  /** In no particular order. */
  values(): V[] {
    return [...this.#held.values()].map(({ value }) => value);
  }

  /** In order, strictly after `after`, which need not be there. */
  page(limit: number, after?: K): V[] {
    const from = after === undefined ? 0 : partitionPoint(this.#sorted, (key) => this.#compare(key, after) <= 0);
    const page: V[] = [];
    for (const key of this.#sorted.slice(from, from + limit)) {
      const held = this.#held.get(this.#idOf(key));
      if (held !== undefined) page.push(held.value);
    }
    return page;
  }

  #positionOf(key: K): number {
    return partitionPoint(this.#sorted, (other) => this.#compare(other, key) < 0);
  }
}
