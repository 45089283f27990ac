/** Holds a switch to a set of NAT entries with nothing but lists and single changes: the way for a dpd without NAT groups. */
import { SERVICES_VNI } from "@racklet/net";
import { reasonOf } from "../errors.ts";
import { describeEntry, type NatEntry } from "./nat-entry.ts";
import { planNat } from "./nat-plan.ts";
import type { NatTable } from "./nat-table.ts";

export interface ByListReport {
  readonly method: "list";
  readonly unchanged: number;
  readonly added: readonly NatEntry[];
  readonly removed: readonly NatEntry[];
  /** What went wrong with which entry; the rest was done all the same. */
  readonly failures: readonly string[];
}

/** The networks whose entries are the services'. There is no other sign of whose an entry is. */
export const vnisOf = (wanted: readonly NatEntry[]): ReadonlySet<number> =>
  new Set([SERVICES_VNI, ...wanted.map(({ vni }) => vni)]);

/** Rejects, having changed nothing, when the lists cannot be read. */
export async function applyByList(
  table: NatTable,
  wanted: readonly NatEntry[],
  signal: AbortSignal,
): Promise<ByListReport> {
  const { unchanged, steps } = planNat(await table.list(vnisOf(wanted), signal), wanted);
  const added: NatEntry[] = [];
  const removed: NatEntry[] = [];
  const failures: string[] = [];
  for (const { remove, add } of steps) {
    try {
      for (const entry of remove) {
        await failing(`remove ${describeEntry(entry)}`, table.remove(entry, signal));
        removed.push(entry);
      }
      if (add === undefined) continue;
      await failing(`add ${describeEntry(add)}`, table.add(add, signal));
      added.push(add);
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(reasonOf(error));
    }
  }
  return { method: "list", unchanged: unchanged.length, added, removed, failures };
}

async function failing(what: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new Error(`cannot ${what}: ${reasonOf(error)}`, { cause: error });
  }
}
