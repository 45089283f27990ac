/**
 * The seam between dpd and an ASIC. Operations are synchronous: the software backends answer in well under a
 * microsecond, and a caller that applies many of them decides where to let other work run.
 */
import type { TableDecl } from "../table/types.ts";

export interface TableUsage {
  /** Entries the table can hold. */
  readonly size: number;
  readonly occupancy: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  /** Inserts refused because the key was there. */
  readonly collisions: number;
  readonly updateMisses: number;
  readonly deleteMisses: number;
  /** Inserts refused because the table was full. */
  readonly exhaustion: number;
}

export interface RowCounter<R> {
  readonly row: R;
  readonly packets: number;
  readonly bytes: number;
}

/**
 * One table of an ASIC. A row is kept by reference and must never change its key or its action afterwards. Operations
 * throw DpdError: `tableFull`, `exists`, `missing`, `unavailable`, `synthetic` or `asicFailure`; one that throws has
 * usually not happened, but a real ASIC may fail after the fact, so a caller that cares reads back with `find`.
 */
export interface AsicTable<R> {
  insert(row: R): void;
  /** Replaces the action of the entry with the key of `row`, without a moment when there is none. */
  update(row: R): void;
  /** Removes the entry with the key of `row`. */
  delete(row: R): void;
  clear(): void;
  /** The entry with exactly the key of `row`. */
  find(row: R): R | undefined;
  /** All entries, as they are now. */
  rows(): readonly R[];
  counters(): readonly RowCounter<R>[];
  usage(): TableUsage;
}

export interface AsicBackend {
  /** For people: `model`, `chaos(model)`, `absent`. */
  readonly name: string;
  table<R>(table: TableDecl<R>): AsicTable<R>;
}
