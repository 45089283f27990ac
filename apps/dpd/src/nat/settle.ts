/**
 * After an undo that failed, soft state is derived from the dataplane: each key that could not be restored is read back
 * and the state made to agree, leaving the group visibly drifted. A key that cannot even be read stays in doubt, and no
 * further change is made until it can.
 */
import type { AsicBackend, Unresolved } from "../asic/index.ts";
import type { NatRow } from "../table/nat.ts";
import type { NatEntry } from "./entry.ts";
import type { NatGroup } from "./group.ts";
import type { NatState } from "./state.ts";

export interface Doubt extends Unresolved<NatRow> {
  readonly row: NatEntry;
  readonly prior: NatEntry | undefined;
  /** The group for which the change was tried. */
  readonly group: NatGroup | undefined;
}

/** Throws the ASIC's error when a key cannot be read; those read before it are settled. */
export function settleDoubts(state: NatState, asic: AsicBackend): void {
  if (state.doubts.length === 0) return;
  const known = state.doubts.map((doubt) => ({ doubt, truth: asic.table(doubt.table).find(doubt.row) }));
  state.doubts = [];
  // Losses first: they make room for what was found in the same range.
  for (const { doubt, truth } of known) {
    if (doubt.prior !== undefined && truth !== doubt.prior) state.lose(doubt.prior);
  }
  for (const { doubt, truth } of known) {
    if (truth === undefined || truth === doubt.prior) continue;
    // Only NatEntry objects are ever put into these tables.
    const entry = truth as NatEntry;
    state.found(entry);
    if (doubt.group === undefined) continue;
    doubt.group.take(entry);
    doubt.group.extras.add(entry);
  }
}
