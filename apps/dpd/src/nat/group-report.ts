/** What a group operation answers. */
import type { NatEntry } from "./entry.ts";
import { sortedEntries } from "./order.ts";
import type { NatPlan } from "./plan.ts";

export interface NatGroupReport {
  readonly group: string;
  readonly generation: number;
  /** `applied` when a table was written, an entry adopted or the generation rose. */
  readonly outcome: "applied" | "unchanged";
  readonly counts: {
    readonly added: number;
    readonly retargeted: number;
    readonly removed: number;
    readonly adopted: number;
    readonly unchanged: number;
  };
  /** In order: IPv4 first, then address, then low port. `retargeted` has the new targets. */
  readonly added: readonly NatEntry[];
  readonly retargeted: readonly NatEntry[];
  readonly removed: readonly NatEntry[];
  readonly adopted: readonly NatEntry[];
}

export function groupReport(group: string, generation: number, rose: boolean, plan: NatPlan): NatGroupReport {
  return {
    group,
    generation,
    outcome: rose || plan.writes || plan.adopted.length > 0 ? "applied" : "unchanged",
    counts: {
      added: plan.added.length,
      retargeted: plan.retargeted.length,
      removed: plan.removed.length,
      adopted: plan.adopted.length,
      unchanged: plan.unchanged,
    },
    added: sortedEntries(plan.added),
    retargeted: sortedEntries(plan.retargeted),
    removed: sortedEntries(plan.removed),
    adopted: sortedEntries(plan.adopted),
  };
}
