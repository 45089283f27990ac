/**
 * Entries of a table with one longest-prefix field, and exact ones beside it or none: per exact values a map for each
 * prefix length in use, tried from the longest.
 */
import { LpmTable, type IpNet } from "@racklet/net";
import type { ExactKey, FieldValue, LpmKey } from "../table/types.ts";
import { exactKeyOf, joined } from "./exact-index.ts";
import type { InsertOutcome, TableIndex } from "./table-index.ts";

export class LpmIndex<R> implements TableIndex<R> {
  readonly #exact: readonly ExactKey<R>[];
  readonly #lpm: LpmKey<R>;
  readonly #position: number;
  #held = new Map<FieldValue, LpmTable<R>>();

  /** `position` is that of the prefix among the table's key fields. */
  constructor(exact: readonly ExactKey<R>[], lpm: LpmKey<R>, position: number) {
    this.#exact = exact;
    this.#lpm = lpm;
    this.#position = position;
  }

  insert(row: R): InsertOutcome {
    const exact = exactKeyOf(this.#exact, row);
    let nets = this.#held.get(exact);
    if (nets === undefined) this.#held.set(exact, (nets = new LpmTable()));
    const net = this.#netOf(row);
    if (nets.get(net) !== undefined) return "exists";
    nets.set(net, row);
    return "inserted";
  }

  replace(row: R): boolean {
    const nets = this.#held.get(exactKeyOf(this.#exact, row));
    const net = this.#netOf(row);
    if (nets?.get(net) === undefined) return false;
    nets.set(net, row);
    return true;
  }

  remove(row: R): boolean {
    const exact = exactKeyOf(this.#exact, row);
    const nets = this.#held.get(exact);
    if (nets === undefined || !nets.delete(this.#netOf(row))) return false;
    if (nets.size === 0) this.#held.delete(exact);
    return true;
  }

  find(row: R): R | undefined {
    return this.#held.get(exactKeyOf(this.#exact, row))?.get(this.#netOf(row));
  }

  match(values: readonly FieldValue[]): R | undefined {
    const address = values[this.#position];
    if (typeof address !== "string") return undefined;
    return this.#held.get(joined(values.toSpliced(this.#position, 1)))?.lookup(address)?.value;
  }

  clear(): void {
    this.#held = new Map();
  }

  rows(): R[] {
    const rows: R[] = [];
    for (const nets of this.#held.values()) for (const { value } of nets.entries()) rows.push(value);
    return rows;
  }

  #netOf(row: R): IpNet {
    return { address: this.#lpm.value(row), length: this.#lpm.length(row) };
  }
}
