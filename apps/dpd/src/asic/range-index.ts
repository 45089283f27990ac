/**
 * Entries of a table whose key is one exact field and one range: per exact value a list of disjoint ranges sorted by
 * their low end, so that a packet finds its entry with one hash and a binary search. Most lists have one element.
 */
import { partitionPoint } from "../table/search.ts";
import type { ExactKey, FieldValue, RangeKey } from "../table/types.ts";

export type InsertOutcome = "inserted" | "exists";

export class RangeIndex<R> {
  readonly #exact: (row: R) => FieldValue;
  readonly #low: (row: R) => number;
  readonly #high: (row: R) => number;
  #lists = new Map<FieldValue, R[]>();

  constructor(exact: ExactKey<R>, range: RangeKey<R>) {
    this.#exact = exact.value;
    this.#low = range.low;
    this.#high = range.high;
  }

  /** A range that overlaps one of the same exact value exists already: which of the two would match is not defined. */
  insert(row: R): InsertOutcome {
    const exact = this.#exact(row);
    const list = this.#lists.get(exact);
    if (list === undefined) {
      this.#lists.set(exact, [row]);
      return "inserted";
    }
    const at = this.#firstEndingAtOrAfter(list, this.#low(row));
    const next = list[at];
    if (next !== undefined && this.#low(next) <= this.#high(row)) return "exists";
    list.splice(at, 0, row);
    return "inserted";
  }

  /** False when no entry has the key of `row`. */
  replace(row: R): boolean {
    const list = this.#lists.get(this.#exact(row));
    const at = list === undefined ? -1 : this.#positionOf(list, row);
    if (list === undefined || at < 0) return false;
    list[at] = row;
    return true;
  }

  /** False when no entry has the key of `row`. */
  remove(row: R): boolean {
    const exact = this.#exact(row);
    const list = this.#lists.get(exact);
    const at = list === undefined ? -1 : this.#positionOf(list, row);
    if (list === undefined || at < 0) return false;
    if (list.length === 1) this.#lists.delete(exact);
    else list.splice(at, 1);
    return true;
  }

  find(row: R): R | undefined {
    const list = this.#lists.get(this.#exact(row));
    return list?.[this.#positionOf(list, row)];
  }

  clear(): void {
    this.#lists = new Map();
  }

  rows(): R[] {
    const rows: R[] = [];
    for (const list of this.#lists.values()) for (const row of list) rows.push(row);
    return rows;
  }

  #positionOf(list: readonly R[], row: R): number {
    const at = this.#firstEndingAtOrAfter(list, this.#low(row));
    const found = list[at];
    const same = found !== undefined && this.#low(found) === this.#low(row) && this.#high(found) === this.#high(row);
    return same ? at : -1;
  }

  #firstEndingAtOrAfter(list: readonly R[], port: number): number {
    return partitionPoint(list, (row) => this.#high(row) < port);
  }
}
