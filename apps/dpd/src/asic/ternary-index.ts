/**
 * Entries of a table with one ternary field, and exact ones beside it or none: per exact values a short list, the mask
 * with the most bits first, which is the priority that makes a claim on one port win over a drop on all.
 */
import { partitionPoint } from "../table/search.ts";
import type { ExactKey, FieldValue, TernaryKey } from "../table/types.ts";
import { exactKeyOf, joined } from "./exact-index.ts";
import type { InsertOutcome, TableIndex } from "./table-index.ts";

export class TernaryIndex<R> implements TableIndex<R> {
  readonly #exact: readonly ExactKey<R>[];
  readonly #ternary: TernaryKey<R>;
  readonly #position: number;
  #held = new Map<FieldValue, R[]>();

  /** `position` is that of the ternary field among the table's key fields. */
  constructor(exact: readonly ExactKey<R>[], ternary: TernaryKey<R>, position: number) {
    this.#exact = exact;
    this.#ternary = ternary;
    this.#position = position;
  }

  /** Values that differ only where the mask does not look are the same key. */
  insert(row: R): InsertOutcome {
    const exact = exactKeyOf(this.#exact, row);
    const list = this.#held.get(exact);
    if (list === undefined) {
      this.#held.set(exact, [row]);
      return "inserted";
    }
    if (this.#positionOf(list, row) >= 0) return "exists";
    const bits = bitCount(this.#ternary.mask(row));
    list.splice(
      partitionPoint(list, (other) => bitCount(this.#ternary.mask(other)) >= bits),
      0,
      row,
    );
    return "inserted";
  }

  replace(row: R): boolean {
    const list = this.#held.get(exactKeyOf(this.#exact, row));
    const at = list === undefined ? -1 : this.#positionOf(list, row);
    if (list === undefined || at < 0) return false;
    list[at] = row;
    return true;
  }

  remove(row: R): boolean {
    const exact = exactKeyOf(this.#exact, row);
    const list = this.#held.get(exact);
    const at = list === undefined ? -1 : this.#positionOf(list, row);
    if (list === undefined || at < 0) return false;
    list.splice(at, 1);
    if (list.length === 0) this.#held.delete(exact);
    return true;
  }

  find(row: R): R | undefined {
    const list = this.#held.get(exactKeyOf(this.#exact, row));
    return list?.[this.#positionOf(list, row)];
  }

  match(values: readonly FieldValue[]): R | undefined {
    const value = Number(values[this.#position]);
    const { value: valueOf, mask } = this.#ternary;
    return this.#held
      .get(joined(values.toSpliced(this.#position, 1)))
      ?.find((row) => ((value ^ valueOf(row)) & mask(row)) === 0);
  }

  clear(): void {
    this.#held = new Map();
  }

  rows(): R[] {
    return [...this.#held.values()].flat();
  }

  #positionOf(list: readonly R[], row: R): number {
    const { value, mask } = this.#ternary;
    return list.findIndex((other) => mask(other) === mask(row) && ((value(other) ^ value(row)) & mask(row)) === 0);
  }
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
