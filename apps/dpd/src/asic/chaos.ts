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

export type WriteOperation =
  | "insert"
  | "update"
  | "delete"
  | "clear"
  | "createGroup"
  | "destroyGroup"
  | "addGroupPort"
  | "removeGroupPort"
  | "createPort"
  | "updatePort"
  | "deletePort";

export type ReadOperation = "find" | "rows" | "findGroup" | "listGroups" | "findPort" | "listPorts" | "isPortUp";

export type Operation = WriteOperation | ReadOperation;

export interface FaultSource {
  /** `target` is the table, `groups` or `ports`. */
  next(operation: Operation, target: string): Fault | undefined;
}

export function chaosAsic(inner: AsicBackend, faults: FaultSource): AsicBackend {
  const run = <T>(target: string, operation: Operation, perform: () => T): T => {
    const fault = faults.next(operation, target);
    if (fault?.when === "before") throw faultError(fault, operation, target);
    const result = perform();
    if (fault !== undefined) throw faultError(fault, operation, target);
    return result;
  };
  return {
    name: `chaos(${inner.name})`,
    table<R>(table: TableDecl<R>): AsicTable<R> {
      const held = inner.table(table);
      const { name } = table;
      return {
        insert: (row) => run(name, "insert", () => held.insert(row)),
        update: (row) => run(name, "update", () => held.update(row)),
        delete: (row) => run(name, "delete", () => held.delete(row)),
        clear: () => run(name, "clear", () => held.clear()),
        find: (row) => run(name, "find", () => held.find(row)),
        rows: () => run(name, "rows", () => held.rows()),
        counters: () => held.counters(),
        usage: () => held.usage(),
      };
    },
    groups: {
      create: (id) => run("groups", "createGroup", () => inner.groups.create(id)),
      destroy: (id) => run("groups", "destroyGroup", () => inner.groups.destroy(id)),
      addPort: (id, member) => run("groups", "addGroupPort", () => inner.groups.addPort(id, member)),
      removePort: (id, port) => run("groups", "removeGroupPort", () => inner.groups.removePort(id, port)),
      find: (id) => run("groups", "findGroup", () => inner.groups.find(id)),
      list: () => run("groups", "listGroups", () => inner.groups.list()),
      clear: () => run("groups", "clear", () => inner.groups.clear()),
    },
    ports: {
      create: (config) => run("ports", "createPort", () => inner.ports.create(config)),
      update: (config) => run("ports", "updatePort", () => inner.ports.update(config)),
      delete: (port) => run("ports", "deletePort", () => inner.ports.delete(port)),
      find: (port) => run("ports", "findPort", () => inner.ports.find(port)),
      list: () => run("ports", "listPorts", () => inner.ports.list()),
      isUp: (port) => run("ports", "isPortUp", () => inner.ports.isUp(port)),
      clear: () => run("ports", "clear", () => inner.ports.clear()),
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

const READS: ReadonlySet<Operation> = new Set<ReadOperation>([
  "find",
  "rows",
  "findGroup",
  "listGroups",
  "findPort",
  "listPorts",
  "isPortUp",
]);

export function isRead(operation: Operation): boolean {
  return READS.has(operation);
}

function faultError(fault: Fault, operation: Operation, target: string): DpdError {
  const message = `injected fault ${fault.when} ${operation} on ${target}`;
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
