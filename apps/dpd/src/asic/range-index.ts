/**
 * Entries of a table whose key is one exact field and one range: per exact value a list of disjoint ranges sorted by
 * their low end, so that a packet finds its entry with one hash and a binary search. Most have one range: that is kept
 * without a list around it, which halves what a bulk insert allocates.
 */
import { partitionPoint } from "../table/search.ts";
import type { ExactKey, FieldValue, RangeKey } from "../table/types.ts";
import type { InsertOutcome, TableIndex } from "./table-index.ts";

/** A row is an object and no array, so the two are told apart by that. */
type Held<R> = R | R[];

export class RangeIndex<R> implements TableIndex<R> {
  readonly #exact: (row: R) => FieldValue;
  readonly #low: (row: R) => number;
  readonly #high: (row: R) => number;
  #held = new Map<FieldValue, Held<R>>();

  constructor(exact: ExactKey<R>, range: RangeKey<R>) {
    this.#exact = exact.value;
    this.#low = range.low;
    this.#high = range.high;
  }

  /** A range that overlaps one of the same exact value exists already: which of the two would match is not defined. */
  insert(row: R): InsertOutcome {
    const exact = this.#exact(row);
    const held = this.#held.get(exact);
    if (held === undefined) {
      this.#held.set(exact, row);
      return "inserted";
    }
    const list = asList(held);
    const at = this.#firstEndingAtOrAfter(list, this.#low(row));
    const next = list[at];
    if (next !== undefined && this.#low(next) <= this.#high(row)) return "exists";
    list.splice(at, 0, row);
    this.#held.set(exact, list);
    return "inserted";
  }

  /** False when no entry has the key of `row`. */
  replace(row: R): boolean {
    const exact = this.#exact(row);
    const held = this.#held.get(exact);
    if (held === undefined) return false;
    const list = asList(held);
    const at = this.#positionOf(list, row);
    if (at < 0) return false;
    list[at] = row;
    this.#keep(exact, list);
    return true;
  }

  /** False when no entry has the key of `row`. */
  remove(row: R): boolean {
    const exact = this.#exact(row);
    const held = this.#held.get(exact);
    if (held === undefined) return false;
    const list = asList(held);
    const at = this.#positionOf(list, row);
    if (at < 0) return false;
    list.splice(at, 1);
    this.#keep(exact, list);
    return true;
  }

  find(row: R): R | undefined {
    const held = this.#held.get(this.#exact(row));
    if (held === undefined) return undefined;
    const list = asList(held);
    return list[this.#positionOf(list, row)];
  }

  /** The exact value, then a port. */
  match([exact, port]: readonly FieldValue[]): R | undefined {
    const held = exact === undefined ? undefined : this.#held.get(exact);
    if (held === undefined) return undefined;
    const list = asList(held);
    const row = list[this.#firstEndingAtOrAfter(list, Number(port))];
    return row !== undefined && this.#low(row) <= Number(port) ? row : undefined;
  }

  clear(): void {
    this.#held = new Map();
  }

  rows(): R[] {
    const rows: R[] = [];
    for (const held of this.#held.values()) for (const row of asList(held)) rows.push(row);
    return rows;
  }

  #keep(exact: FieldValue, list: R[]): void {
    const [first] = list;
    if (first === undefined) this.#held.delete(exact);
    else this.#held.set(exact, list.length === 1 ? first : list);
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

function asList<R>(held: Held<R>): R[] {
  return Array.isArray(held) ? held : [held];
}
