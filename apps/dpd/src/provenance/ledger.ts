/**
 * Which request is at work: who wrote each table entry, and what its log lines belong to. A request carries its origin through all that it awaits; a table around the ASIC's notes it
 * for every row it takes. Rows are values that are kept by reference, so the note lives exactly as long as the row, and
 * an undo that puts a row back leaves the note as it was.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Log, LogFields } from "@racklet/world";
import type { AsicBackend, AsicTable } from "../asic/index.ts";
import type { TableDecl } from "../table/types.ts";

export interface Origin {
  /** Null for what dpd does by itself. */
  readonly requestId: string | null;
  /** The operation of the API, or what dpd calls what it does by itself. */
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** NAT group and its generation, where the operation names them. */
  readonly group: string | null;
  readonly generation: number | null;
  /** The tag that the request gave. */
  readonly tag: string | null;
}

/**
 * Where the note is: on the row itself, because a WeakMap of 10,000 rows costs six milliseconds to fill, as much as all else
 * that ensures them. Rows that come in such numbers declare it, and so have room for it from the start.
 */
export const ORIGIN: unique symbol = Symbol("origin");

interface Noted {
  [ORIGIN]?: Origin;
}

export class Ledger {
  readonly #current = new AsyncLocalStorage<Origin>();

  /** What `work` writes, however long it takes, is of this origin. */
  run<T>(origin: Origin, work: () => T): T {
    return this.#current.run(origin, work);
  }

  /** Undefined for a row that was written outside of any origin. */
  originOf(row: object): Origin | undefined {
    return (row as Noted)[ORIGIN];
  }

  /** The same log, whose lines say in which request they were written. */
  log(log: Log): Log {
    const named = (fields: LogFields): LogFields => {
      const requestId = this.#current.getStore()?.requestId;
      return requestId == null ? fields : { req_id: requestId, ...fields };
    };
    return {
      debug: (fields, message) => log.debug(named(fields), message),
      info: (fields, message) => log.info(named(fields), message),
      warn: (fields, message) => log.warn(named(fields), message),
      error: (fields, message) => log.error(named(fields), message),
      child: (fields) => this.log(log.child(fields)),
    };
  }

  /** The same ASIC, whose rows are noted. */
  trace(asic: AsicBackend): AsicBackend {
    const tables = new Map<string, unknown>();
    const tableOf = <R>(declaration: TableDecl<R>): AsicTable<R> => {
      let traced = tables.get(declaration.name);
      if (traced === undefined) tables.set(declaration.name, (traced = this.#traceTable(asic.table(declaration))));
      // Names are unique in the catalogue, so what is stored under one was made from this declaration.
      return traced as AsicTable<R>;
    };
    return { name: asic.name, groups: asic.groups, ports: asic.ports, table: tableOf };
  }

  #traceTable<R>(table: AsicTable<R>): AsicTable<R> {
    return {
      insert: (row) => {
        table.insert(row);
        this.#note(row);
      },
      update: (row) => {
        table.update(row);
        this.#note(row);
      },
      delete: (row) => table.delete(row),
      clear: () => table.clear(),
      find: (row) => table.find(row),
      rows: () => table.rows(),
      counters: () => table.counters(),
      usage: () => table.usage(),
    };
  }

  #note(row: unknown): void {
    const origin = this.#current.getStore();
    // Rows are objects, whatever their type.
    if (origin !== undefined) (row as Noted)[ORIGIN] ??= origin;
  }
}
