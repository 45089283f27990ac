/**
 * Faults on purpose, around any backend. Which operation fails is decided by a FaultSource, so a run with a seed, or
 * with "fail the k-th operation", repeats exactly. A fault strikes before the operation or, as a real ASIC also does,
 * after it has taken effect.
 */
import { asicFailure, synthetic } from "../errors.ts";
import type { DpdError } from "../errors.ts";
import type { TableDecl } from "../table/types.ts";
import type { AsicBackend, AsicTable } from "./backend.ts";

export interface Fault {
  /** `synthetic` answers 418, `internal` 500. */
  readonly kind: "synthetic" | "internal";
  readonly when: "before" | "after";
}

export type Operation = "insert" | "update" | "delete" | "clear" | "find" | "rows";

export interface FaultSource {
  next(operation: Operation, table: string): Fault | undefined;
}

export function chaosAsic(inner: AsicBackend, faults: FaultSource): AsicBackend {
  return {
    name: `chaos(${inner.name})`,
    table<R>(table: TableDecl<R>): AsicTable<R> {
      const held = inner.table(table);
      const run = <T>(operation: Operation, perform: () => T): T => {
        const fault = faults.next(operation, table.name);
        if (fault?.when === "before") throw faultError(fault, operation, table.name);
        const result = perform();
        if (fault !== undefined) throw faultError(fault, operation, table.name);
        return result;
      };
      return {
        insert: (row) => run("insert", () => held.insert(row)),
        update: (row) => run("update", () => held.update(row)),
        delete: (row) => run("delete", () => held.delete(row)),
        clear: () => run("clear", () => held.clear()),
        find: (row) => run("find", () => held.find(row)),
        rows: () => run("rows", () => held.rows()),
        counters: () => held.counters(),
        usage: () => held.usage(),
      };
    },
  };
}

export interface SeededFaultOptions {
  readonly seed: number;
  /** Probability that an operation fails, 0..1. */
  readonly rate: number;
  /** Reads fail too; off by default. */
  readonly reads?: boolean;
}

/** Faults of both kinds, before and after, spread by a seed. */
export function seededFaults({ seed, rate, reads = false }: SeededFaultOptions): FaultSource {
  const random = mulberry32(seed);
  return {
    next(operation) {
      if (!reads && isRead(operation)) return undefined;
      if (random() >= rate) return undefined;
      return { kind: random() < 0.5 ? "synthetic" : "internal", when: random() < 0.5 ? "before" : "after" };
    },
  };
}

export interface CountedFaultSource extends FaultSource {
  /** Writes seen so far. */
  readonly count: number;
}

/** Fails the writes whose number, counted from 1, is in `failing`; reads neither fail nor count. */
export function faultsAt(failing: (write: number) => boolean, fault: Fault): CountedFaultSource {
  let count = 0;
  return {
    get count() {
      return count;
    },
    next: (operation) => (!isRead(operation) && failing(++count) ? fault : undefined),
  };
}

function isRead(operation: Operation): boolean {
  return operation === "find" || operation === "rows";
}

function faultError(fault: Fault, operation: Operation, table: string): DpdError {
  const message = `injected fault ${fault.when} ${operation} on ${table}`;
  return fault.kind === "synthetic" ? synthetic(message) : asicFailure(message);
}

/** A small well-known generator: its sequence must not depend on the World's randomness. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
