/** Folds a list of changes, oldest first, into what a switch must upsert and remove. */
import { natKeyText, type NatChange, type NatEntry, type NatKey } from "./entry.ts";

export interface FoldedChanges {
  readonly upsert: readonly NatEntry[];
  readonly remove: readonly NatKey[];
}

/** The last change of each key decides: a key removed and added again is an upsert. */
export function foldChanges(changes: readonly NatChange[]): FoldedChanges {
  const last = new Map<string, NatChange>();
  for (const change of changes) last.set(natKeyText(change), change);
  const folded = [...last.values()];
  return { upsert: folded.filter((change) => !change.deleted), remove: folded.filter((change) => change.deleted) };
}
