/**
 * The one way to change NAT: under the domain's lock, on a ready ASIC, from a plan. A plan takes effect as a whole
 * (tables, then soft state in one step) or not at all; when even undoing fails, the state follows what the tables hold
 * and the group is marked.
 */
import type { World } from "@racklet/world";
import { ApplyFailure, applySteps } from "../asic/index.ts";
import type { AsicBackend, Pause, TableStep } from "../asic/index.ts";
import { asicUnavailable, tableFull } from "../errors.ts";
import type { Switch } from "../switch/switch.ts";
import type { DomainLocks } from "../table/locks.ts";
import { NAT_TABLES } from "../table/nat.ts";
import type { Family } from "../table/nat.ts";
import type { NatEntry } from "./entry.ts";
import type { NatGroup } from "./group.ts";
import type { NatMetrics, NatOperation } from "./metrics.ts";
import type { NatPlan } from "./plan.ts";
import { settleDoubts } from "./settle.ts";
import type { NatState } from "./state.ts";

export interface NatContext {
  readonly world: Pick<World, "clock" | "timers" | "log">;
  readonly switch: Switch;
  readonly locks: DomainLocks;
}

/** What a change may use while it holds the lock. */
export interface Writing {
  readonly asic: AsicBackend;
  readonly pause: Pause;
  /** Throws `unavailable` when the ASIC is no longer the one the change began on. */
  readonly checkPresent: () => void;
}

export class NatWriter {
  readonly #context: NatContext;
  readonly #state: NatState;
  readonly #metrics: NatMetrics;

  constructor(context: NatContext, state: NatState, metrics: NatMetrics) {
    this.#context = context;
    this.#state = state;
    this.#metrics = metrics;
  }

  /** Throws `unavailable` without an ASIC. */
  run<T>(section: (writing: Writing) => Promise<T> | T): Promise<T> {
    const { world, locks } = this.#context;
    return locks.nat.run(() => {
      const asic = this.#context.switch.requireAsic();
      const { instanceId } = this.#context.switch.status();
      const checkPresent = () => {
        if (this.#context.switch.isInstance(instanceId)) return;
        throw asicUnavailable("the ASIC went away during the change");
      };
      const pause = async () => {
        await world.timers.yield();
        checkPresent();
      };
      settleDoubts(this.#state, asic);
      return section({ asic, pause, checkPresent });
    });
  }

  /**
   * Carries out a plan without conflicts. `group` is the one it was made for; it must be registered by `commit`, which
   * runs in the same step as the change of soft state. Throws the ASIC's error, or `rollbackFailed`.
   */
  async apply(
    { asic, pause, checkPresent }: Writing,
    operation: NatOperation,
    plan: NatPlan,
    group?: { readonly group: NatGroup; readonly commit: () => void },
  ): Promise<void> {
    if (plan.writes) {
      try {
        await applySteps(asic, stepsOf(plan), pause);
      } catch (failure) {
        throw this.#afterFailure(failure, asic, operation, group?.group);
      }
      this.#metrics.tableWrites += plan.removed.length + plan.retargeted.length + plan.added.length;
    }
    checkPresent();
    this.#state.commit(plan, group?.group);
    group?.commit();
    this.#metrics.applied[operation]++;
  }

  /** Empties the table of a family. */
  reset({ asic }: Writing, family: Family): void {
    const table = NAT_TABLES[family];
    const held = asic.table(table);
    try {
      held.clear();
    } catch (error) {
      // The table may have been emptied all the same, in whole or in part.
      for (const entry of this.#state.entries(family)) {
        this.#state.doubts.push({ table, row: entry, prior: entry, group: entry.owner });
      }
      this.#settleNow(asic);
      if (this.#state.isEmpty(family)) this.#state.resetFeed();
      throw error;
    }
    this.#state.loseFamily(family);
    this.#metrics.applied.reset++;
  }

  #afterFailure(failure: unknown, asic: AsicBackend, operation: NatOperation, group: NatGroup | undefined): unknown {
    // Anything else means that the ASIC is gone, and all state with it.
    if (!(failure instanceof ApplyFailure)) return failure;
    const log = { operation, group: group?.name, error: String(failure.cause), unresolved: failure.unresolved.length };
    if (failure.unresolved.length === 0) {
      this.#metrics.rollbacks++;
      this.#context.world.log.warn(log, "a NAT change failed and was undone");
      return failure.error;
    }
    this.#metrics.rollbackFailures++;
    this.#context.world.log.error(log, "a NAT change failed and could not be undone");
    if (group !== undefined) {
      group.uncertain = true;
      this.#state.groups.set(group.name, group);
    }
    for (const { table, row, prior } of failure.unresolved) {
      // The steps were made from a NatPlan, whose rows are entries.
      this.#state.doubts.push({ table, row: row as NatEntry, prior: prior as NatEntry | undefined, group });
    }
    this.#settleNow(asic);
    return failure.error;
  }

  #settleNow(asic: AsicBackend): void {
    try {
      settleDoubts(this.#state, asic);
    } catch (error) {
      const fields = { doubts: this.#state.doubts.length, error: String(error) };
      this.#context.world.log.error(fields, "NAT tables cannot be read back; no change until they can");
    }
  }
}

/** Throws `tableFull` when the entries would not fit. */
export function checkCapacity(asic: AsicBackend, plan: NatPlan): void {
  for (const family of ["ipv4", "ipv6"] as const) {
    const { size, occupancy } = asic.table(NAT_TABLES[family]).usage();
    if (occupancy + plan.added.length <= size) continue;
    const removed = countOf(plan.removed, family);
    const added = countOf(plan.added, family);
    if (occupancy - removed + added > size) {
      const detail = `${occupancy} of ${size} entries are used, ${removed} would go and ${added} come`;
      throw tableFull(NAT_TABLES[family].name, detail);
    }
  }
}

/** Removals make room, then exchanges, which never interrupt, then additions. */
export function stepsOf(plan: NatPlan): TableStep<NatEntry>[] {
  const steps: TableStep<NatEntry>[] = [];
  const families = ["ipv4", "ipv6"] as const;
  for (const family of families) {
    const rows = ofFamily(plan.removed, family);
    if (rows.length > 0) steps.push({ kind: "delete", table: NAT_TABLES[family], rows });
  }
  for (const family of families) {
    const rows = ofFamily(plan.retargeted, family);
    const priors = ofFamily(plan.priors, family);
    if (rows.length > 0) steps.push({ kind: "update", table: NAT_TABLES[family], rows, priors });
  }
  for (const family of families) {
    const rows = ofFamily(plan.added, family);
    if (rows.length > 0) steps.push({ kind: "insert", table: NAT_TABLES[family], rows });
  }
  return steps;
}

const ofFamily = (entries: readonly NatEntry[], family: Family) => entries.filter((entry) => entry.family === family);

export function countOf(entries: readonly NatEntry[], family: Family): number {
  let count = 0;
  for (const entry of entries) if (entry.family === family) count++;
  return count;
}
