/**
 * NAT groups: sets of entries declared as a whole by one client, guarded by a generation. An ensure or a change is
 * applied completely or not at all; drift is mended by the next one.
 */
import { DpdError, invalid, missing, tableFull } from "../errors.ts";
import { NAT_TABLES } from "../table/nat.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import { NatGroup } from "./group.ts";
import type { NatGroupState, RequestDigest } from "./group.ts";
import { groupReport } from "./group-report.ts";
import type { NatGroupReport } from "./group-report.ts";
import { checkGeneration, checkGroupName, readEntrySet, readGrouped, readRemovals } from "./group-request.ts";
import { generationMismatch, generationStale, guardVerdict } from "./guard.ts";
import type { NatEntryInput } from "./input.ts";
import { listGroupEntries } from "./list.ts";
import type { EntryCursor } from "./list.ts";
import { describeOwned } from "./plan.ts";
import type { NatPlan } from "./plan.ts";
import { isDeclared, planChanges, planDelete, planEnsure, planNothing } from "./plan-group.ts";
import { recognise } from "./recognise.ts";
import { drive } from "./slices.ts";
import type { NatState } from "./state.ts";
import { checkCapacity, countOf } from "./writer.ts";
import type { NatContext, NatWriter, Writing } from "./writer.ts";

/** More groups than this are refused; a rack has a handful. */
const MAX_GROUPS = 1024;
const LISTED_CONFLICTS = 10;

export interface NatGroupEnsure {
  readonly generation: number;
  readonly entries: readonly NatEntryInput[];
}

export interface NatGroupChanges {
  /** The stored generation this change is based on. */
  readonly fromGeneration: number;
  readonly generation: number;
  readonly upsert: readonly NatEntryInput[];
  readonly remove: readonly NatKey[];
}

export interface GroupOptions {
  /** Answer as if applied, and apply nothing. */
  readonly dryRun?: boolean;
  /** Of an ensure: stands for the whole request, so that `ensureAgain` knows it when it comes again. */
  readonly digest?: RequestDigest | undefined;
}

export class NatGroups {
  readonly #context: NatContext;
  readonly #state: NatState;
  readonly #writer: NatWriter;

  constructor(context: NatContext, state: NatState, writer: NatWriter) {
    this.#context = context;
    this.#state = state;
    this.#writer = writer;
  }

  /** Makes the group's entries exactly those named. */
  async ensure(name: string, request: NatGroupEnsure, options: GroupOptions = {}): Promise<NatGroupReport> {
    checkGroupName(name);
    const { generation } = request;
    checkGeneration("generation", generation);
    const pause = () => this.#context.world.timers.yield();
    const known = await drive(recognise(this.#state, this.#state.groups.get(name), request.entries), pause);
    const repeated = known === undefined ? undefined : await this.#ensureHeld(name, generation, known, options);
    if (repeated !== undefined) return repeated;
    const entries = await drive(readGrouped("entries", request.entries), pause);
    return this.#writer.run(async (writing) => {
      checkCount(writing, entries);
      const group = this.#state.groups.get(name);
      const verdict = guardVerdict(group?.generation, generation);
      if (group !== undefined && verdict === "stale") throw generationStale(name, group.generation, generation);
      if (group === undefined && this.#state.groups.size >= MAX_GROUPS) {
        throw tableFull("NAT groups", `at most ${MAX_GROUPS}`);
      }
      const plan = await drive(planEnsure(this.#state, group, entries), writing.pause);
      if (group !== undefined && verdict === "repeat" && !isRepetition(this.#state, group, entries, plan)) {
        throw generationMismatch(name, `generation ${generation} was ensured with other entries`);
      }
      return this.#finish(writing, "ensure", group ?? new NatGroup(name, this.#now()), generation, plan, options);
    });
  }

  /**
   * Ensures what a request of that digest declared, if it was the last to change what the group declares and nothing has
   * drifted since: then it would find everything in place. Undefined otherwise, and nothing was done.
   */
  async ensureAgain(
    name: string,
    digest: RequestDigest,
    options: GroupOptions = {},
  ): Promise<NatGroupReport | undefined> {
    const declared = (group: NatGroup | undefined) =>
      group?.declaredBy !== undefined && !group.drifted && group.declaredBy.text === digest.text;
    if (!declared(this.#state.groups.get(name))) return undefined;
    return this.#writer.run(async (writing) => {
      // Looked up anew: the lock may have been waited for, and taking it may have found out what was in doubt.
      const group = this.#state.groups.get(name);
      if (group === undefined || !declared(group)) return undefined;
      return this.#finish(writing, "ensure", group, group.generation, planNothing(group), { ...options, digest });
    });
  }

  /** Changes a group that is at `fromGeneration`; any other generation is a mismatch and the client sends the whole set. */
  async change(name: string, request: NatGroupChanges, options: GroupOptions = {}): Promise<NatGroupReport> {
    checkGroupName(name);
    const { fromGeneration, generation } = request;
    checkGeneration("from_generation", fromGeneration);
    checkGeneration("generation", generation);
    if (generation <= fromGeneration) {
      throw invalid(`generation: ${generation} is not above from_generation ${fromGeneration}`);
    }
    const upsert = await drive(readEntrySet("upsert", request.upsert), () => this.#context.world.timers.yield());
    const remove = readRemovals(request.remove, upsert);
    return this.#writer.run(async (writing) => {
      const group = this.get(name);
      if (group.generation !== fromGeneration) {
        throw generationMismatch(
          name,
          `it is at generation ${group.generation}, not at from_generation ${fromGeneration}`,
        );
      }
      const plan = await drive(planChanges(this.#state, group, upsert, remove), writing.pause);
      return this.#finish(writing, "changes", group, generation, plan, options);
    });
  }

  /** Removes the group and its entries; no error when there is none. `generation` guards against an older client. */
  async delete(name: string, generation?: number): Promise<void> {
    checkGroupName(name);
    if (generation !== undefined) checkGeneration("generation", generation);
    await this.#writer.run(async (writing) => {
      const group = this.#state.groups.get(name);
      if (group === undefined) return;
      if (generation !== undefined && generation < group.generation) {
        throw generationStale(name, group.generation, generation);
      }
      const plan = await drive(planDelete(this.#state, group), writing.pause);
      const commit = () => this.#state.groups.delete(name);
      await this.#writer.apply(writing, "groupDelete", plan, { group, commit });
    });
  }

  /** Throws `missing`. */
  get(name: string): NatGroup {
    const group = this.#state.groups.get(name);
    if (group === undefined) throw missing("no such NAT group", name);
    return group;
  }

  getState(name: string): NatGroupState {
    return this.get(name).state();
  }

  /** By name, strictly after `after`. */
  list(limit: number, after?: string): NatGroupState[] {
    const names = [...this.#state.groups.keys()].sort().filter((name) => after === undefined || name > after);
    return names.slice(0, limit).map((name) => this.getState(name));
  }

  /** The programmed entries of a group, IPv4 first, then address, then low port; strictly after `after`. Throws `missing`. */
  listEntries(name: string, limit: number, after?: EntryCursor): NatEntry[] {
    return listGroupEntries(this.#state, this.get(name), limit, after);
  }

  /** Ensures what the group held at that revision of the state; undefined when the state has changed since. */
  #ensureHeld(
    name: string,
    generation: number,
    revision: number,
    options: GroupOptions,
  ): Promise<NatGroupReport | undefined> {
    return this.#writer.run(async (writing) => {
      const group = this.#state.groups.get(name);
      if (group === undefined || group.drifted || this.#state.revision !== revision) return undefined;
      if (guardVerdict(group.generation, generation) === "stale") {
        throw generationStale(name, group.generation, generation);
      }
      return this.#finish(writing, "ensure", group, generation, planNothing(group), options);
    });
  }

  async #finish(
    writing: Writing,
    operation: "ensure" | "changes",
    group: NatGroup,
    generation: number,
    plan: NatPlan,
    { dryRun = false, digest }: GroupOptions,
  ): Promise<NatGroupReport> {
    refuseConflicts(group.name, plan);
    checkCapacity(writing.asic, plan);
    const rose = generation > group.generation;
    // Before the commit: the report of a removal must not depend on it.
    const report = groupReport(group.name, generation, rose, plan);
    if (dryRun) return report;
    const commit = () => {
      const now = this.#now();
      group.generation = generation;
      group.declaredBy = digest;
      group.lastEnsured = now;
      if (plan.writes || plan.adopted.length > 0) group.lastChanged = now;
      group.settle();
      this.#state.groups.set(group.name, group);
    };
    await this.#writer.apply(writing, operation, plan, { group, commit });
    return report;
  }

  #now(): number {
    return this.#context.world.clock.now();
  }
}

/** A plan that finds everything in place settles it; only a drifted group has to be compared with what was declared. */
function isRepetition(state: NatState, group: NatGroup, entries: readonly NatEntry[], plan: NatPlan): boolean {
  const inPlace = plan.unchanged === entries.length && !plan.writes;
  return (inPlace && !group.drifted) || isDeclared(state, group, entries);
}

function checkCount({ asic }: Writing, entries: readonly NatEntry[]): void {
  for (const family of ["ipv4", "ipv6"] as const) {
    const { size } = asic.table(NAT_TABLES[family]).usage();
    if (entries.length <= size) continue;
    const count = countOf(entries, family);
    if (count > size) {
      throw invalid(`entries: ${count} of family ${family}, and ${NAT_TABLES[family].name} holds ${size}`);
    }
  }
}

function refuseConflicts(name: string, { conflicts }: NatPlan): void {
  if (conflicts.length === 0) return;
  const listed = conflicts.slice(0, LISTED_CONFLICTS).map(({ current }) => describeOwned(current));
  const more = conflicts.length > listed.length ? `; and ${conflicts.length - listed.length} more` : "";
  throw new DpdError("exists", `group ${name} conflicts with ${listed.join("; ")}${more}`, "NatEntryConflict");
}
