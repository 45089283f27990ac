/**
 * Dumps, counters and usage of a table as the ASIC holds it. The rows are taken in one step under the domain's lock and
 * rendered afterwards in slices, so a dump is consistent and a large one does not stall the service.
 */
import type { Timers } from "@racklet/world";
import type { AsicBackend, TableUsage } from "../asic/backend.ts";
import type { DomainLocks } from "./locks.ts";
import { keyText, valueText } from "./text.ts";
import type { AnyTable, TableDecl } from "./types.ts";

export interface DumpEntry {
  readonly keys: Record<string, string>;
  readonly action: string;
  readonly actionArgs: Record<string, string>;
}

export interface TableDump {
  readonly name: string;
  /** Capacity, not the number of entries. */
  readonly size: number;
  readonly entries: DumpEntry[];
}

export interface CounterEntry {
  readonly keys: Record<string, string>;
  readonly packets: number;
  readonly bytes: number;
}

export interface DumpContext {
  /** Throws `unavailable` while there is no ASIC. */
  readonly requireAsic: () => AsicBackend;
  readonly locks: DomainLocks;
  readonly timers: Timers;
}

const SLICE = 2048;

export async function dumpTable(context: DumpContext, table: AnyTable): Promise<TableDump> {
  const { rows, size } = await snapshot(context, table);
  const entries: DumpEntry[] = [];
  for (const row of rows) {
    if (entries.length > 0 && entries.length % SLICE === 0) await context.timers.yield();
    entries.push(dumpEntry(table, row));
  }
  return { name: table.name, size, entries };
}

export interface TracedEntry<O> extends DumpEntry {
  readonly origin: O | undefined;
}

/** The entries with what `originOf` knows of their rows. */
export async function traceTable<O>(
  context: DumpContext,
  table: AnyTable,
  originOf: (row: object) => O | undefined,
): Promise<TracedEntry<O>[]> {
  const { rows } = await snapshot(context, table);
  const entries: TracedEntry<O>[] = [];
  for (const row of rows) {
    if (entries.length > 0 && entries.length % SLICE === 0) await context.timers.yield();
    entries.push({ ...dumpEntry(table, row), origin: originOf(row) });
  }
  return entries;
}

/** Empty for a table without counters. */
export async function readCounters(context: DumpContext, table: AnyTable): Promise<CounterEntry[]> {
  if (!table.counter) return [];
  const counters = await context.locks[table.domain].run(() => context.requireAsic().table(table).counters());
  const entries: CounterEntry[] = [];
  for (const { row, packets, bytes } of counters) {
    if (entries.length > 0 && entries.length % SLICE === 0) await context.timers.yield();
    entries.push({ keys: keysOf(table, row), packets, bytes });
  }
  return entries;
}

/** Usage needs no lock: it is a set of numbers for people and metrics. */
export function tableUsage(asic: AsicBackend, table: AnyTable): TableUsage {
  return asic.table(table).usage();
}

function snapshot<R>(context: DumpContext, table: TableDecl<R>): Promise<{ rows: readonly R[]; size: number }> {
  return context.locks[table.domain].run(() => {
    const held = context.requireAsic().table(table);
    return { rows: held.rows(), size: held.usage().size };
  });
}

function dumpEntry<R>(table: TableDecl<R>, row: R): DumpEntry {
  const action = table.actionOf(row);
  const actionArgs: Record<string, string> = {};
  for (const param of action.params) actionArgs[param.name] = valueText(param.type, param.value(row));
  return { keys: keysOf(table, row), action: action.name, actionArgs };
}

function keysOf<R>(table: TableDecl<R>, row: R): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const key of table.keys) keys[key.name] = keyText(key, row);
  return keys;
}
