/** What an index of the software ASIC does, and the choice of one by the match kinds of a table's key. */
import type { ExactKey, FieldValue, KeyField, TableDecl } from "../table/types.ts";
import { ExactIndex } from "./exact-index.ts";
import { LpmIndex } from "./lpm-index.ts";
import { RangeIndex } from "./range-index.ts";
import { TernaryIndex } from "./ternary-index.ts";

export type InsertOutcome = "inserted" | "exists";

export interface TableIndex<R> {
  insert(row: R): InsertOutcome;
  /** False when no entry has the key of `row`. */
  replace(row: R): boolean;
  /** False when no entry has the key of `row`. */
  remove(row: R): boolean;
  /** The entry with exactly the key of `row`. */
  find(row: R): R | undefined;
  /** The entry that a packet with these values hits, in the order of the table's key fields. */
  match(values: readonly FieldValue[]): R | undefined;
  clear(): void;
  rows(): R[];
}

/** All fields exact, or exact ones around a single other one; a shape without an index is a mistake in the catalogue. */
export function indexFor<R>(table: TableDecl<R>): TableIndex<R> {
  const exact = table.keys.filter((key) => key.match === "exact");
  const others = table.keys.filter((key) => key.match !== "exact");
  const [other] = others;
  if (other === undefined) return new ExactIndex(exact);
  if (others.length === 1) {
    const at = table.keys.indexOf(other);
    if (other.match === "lpm") return new LpmIndex(exact, other, at);
    if (other.match === "ternary") return new TernaryIndex(exact, other, at);
    const range = rangeIndex(exact, other, at);
    if (range !== undefined) return range;
  }
  throw new TypeError(`no index for the key of ${table.name}: ${table.keys.map((key) => key.match).join(", ")}`);
}

function rangeIndex<R>(exact: readonly ExactKey<R>[], other: KeyField<R>, at: number): RangeIndex<R> | undefined {
  const [first] = exact;
  if (first === undefined || exact.length !== 1 || other.match !== "range" || at !== 1) return undefined;
  return new RangeIndex(first, other);
}
