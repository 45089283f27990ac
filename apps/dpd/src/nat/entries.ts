/** Entries one at a time, as upstream has them, and the reset of a family. */
import { exists, missing } from "../errors.ts";
import type { Family } from "../table/nat.ts";
import { keyText, sameTarget } from "./entry.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import { EntryReader, checkRange, readExternal } from "./input.ts";
import type { NatTargetInput } from "./input.ts";
import { listAddresses, listEntries } from "./list.ts";
import { NatPlan, describeOwned, planAddress } from "./plan.ts";
import { findContaining, findExact, without } from "./ranges.ts";
import type { NatState } from "./state.ts";
import { checkCapacity } from "./writer.ts";
import type { NatWriter } from "./writer.ts";

export class NatEntries {
  readonly #state: NatState;
  readonly #writer: NatWriter;

  constructor(state: NatState, writer: NatWriter) {
    this.#state = state;
    this.#writer = writer;
  }

  /** Never replaces: an entry that is there exactly is left alone, any other overlap is `conflicting mapping`. */
  async create(key: NatKey, target: NatTargetInput): Promise<void> {
    checkRange(key.low, key.high, () => keyText(key));
    const wanted = new EntryReader().read({ ...key, target }, () => keyText(key));
    await this.#writer.run(async (writing) => {
      const plan = planCreate(this.#state, wanted);
      const conflict = plan.conflicts[0];
      if (conflict !== undefined) {
        throw exists("conflicting mapping", `${keyText(wanted)} overlaps ${describeOwned(conflict.current)}`);
      }
      checkCapacity(writing.asic, plan);
      await this.#writer.apply(writing, "create", plan);
    });
  }

  /** The entry whose range contains `port`; throws `missing`. */
  get(family: Family, external: string, port: number): NatEntry {
    const entry = this.#find(family, external, port);
    if (entry === undefined) throw missing("no mapping", `${external} port ${port}`);
    return entry;
  }

  /** Removes the entry whose range contains `port`, whoever owns it; no error when there is none. */
  async delete(family: Family, external: string, port: number): Promise<void> {
    await this.#writer.run(async (writing) => {
      const entry = this.#find(family, external, port);
      if (entry === undefined) return;
      const plan = new NatPlan();
      plan.removed.push(entry);
      plan.after.set(entry.external, without(this.#state.at(family, entry.external), entry));
      await this.#writer.apply(writing, "delete", plan);
    });
  }

  /** Removes all entries of a family; groups keep their records, drifted, and the changeset generation starts over. */
  async reset(family: Family): Promise<void> {
    await this.#writer.run((writing) => this.#writer.reset(writing, family));
  }

  /** Removes all entries of both families and all groups. Goes on past a failure and throws the last one. */
  async resetAll(): Promise<void> {
    await this.#writer.run((writing) => {
      let failure: { error: unknown } | undefined;
      for (const family of ["ipv4", "ipv6"] as const) {
        try {
          this.#writer.reset(writing, family);
        } catch (error) {
          failure = { error };
        }
      }
      // A failed reset keeps the records: they say what is still there and what is missing.
      if (failure !== undefined) throw failure.error;
      this.#state.groups.clear();
    });
  }

  listAddresses(family: Family, limit: number, after?: string): string[] {
    return listAddresses(this.#state, family, limit, after);
  }

  listEntries(family: Family, external: string, limit: number, afterLow?: number): NatEntry[] {
    return listEntries(
      this.#state,
      family,
      readExternal(external, () => "external"),
      limit,
      afterLow,
    );
  }

  #find(family: Family, external: string, port: number): NatEntry | undefined {
    const canonical = readExternal(external, () => "external");
    return findContaining(this.#state.at(family, canonical), port);
  }
}

/** An identical entry, whoever owns it, makes the plan empty: nothing is adopted and nothing conflicts. */
function planCreate(state: NatState, wanted: NatEntry): NatPlan {
  const plan = new NatPlan();
  const current = state.at(wanted.family, wanted.external);
  const there = findExact(current, wanted);
  if (there !== undefined && sameTarget(there, wanted)) return plan;
  planAddress(plan, undefined, wanted.external, { current, wanted: [wanted], stays: () => true });
  return plan;
}
