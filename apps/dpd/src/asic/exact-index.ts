/** Entries of a table whose key is one or more exact fields: one hash. */
import type { ExactKey, FieldValue } from "../table/types.ts";
import type { InsertOutcome, TableIndex } from "./table-index.ts";

export class ExactIndex<R> implements TableIndex<R> {
  readonly #keys: readonly ExactKey<R>[];
  #held = new Map<FieldValue, R>();

  constructor(keys: readonly ExactKey<R>[]) {
    this.#keys = keys;
  }

  insert(row: R): InsertOutcome {
    const key = exactKeyOf(this.#keys, row);
    if (this.#held.has(key)) return "exists";
    this.#held.set(key, row);
    return "inserted";
  }

  replace(row: R): boolean {
    const key = exactKeyOf(this.#keys, row);
    if (!this.#held.has(key)) return false;
    this.#held.set(key, row);
    return true;
  }

  remove(row: R): boolean {
    return this.#held.delete(exactKeyOf(this.#keys, row));
  }

  find(row: R): R | undefined {
    return this.#held.get(exactKeyOf(this.#keys, row));
  }

  match(values: readonly FieldValue[]): R | undefined {
    return this.#held.get(joined(values));
  }

  clear(): void {
    this.#held = new Map();
  }

  rows(): R[] {
    return [...this.#held.values()];
  }
}

/** A single field is its own key; several are joined by what none of their texts contains. */
export function exactKeyOf<R>(keys: readonly ExactKey<R>[], row: R): FieldValue {
  const [only] = keys;
  return only !== undefined && keys.length === 1 ? only.value(row) : joined(keys.map((key) => key.value(row)));
}

export function joined(values: readonly FieldValue[]): FieldValue {
  const [only] = values;
  return only !== undefined && values.length === 1 ? only : values.join("|");
}
