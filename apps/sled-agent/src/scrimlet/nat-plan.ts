/**
 * How to get from the entries a switch has to those it should have, one entry at a time. What is wanted and there is never
 * touched; what replaces something follows its removal at once; what is only in excess goes last. Pure.
 */
import { entriesOverlap, entryKey, type NatEntry } from "./nat-entry.ts";

export interface NatStep {
  /** Before the addition. */
  readonly remove: readonly NatEntry[];
  readonly add: NatEntry | undefined;
}

export interface NatPlan {
  readonly unchanged: readonly NatEntry[];
  readonly steps: readonly NatStep[];
}

/** `present`: only what may be removed. */
export function planNat(present: readonly NatEntry[], wanted: readonly NatEntry[]): NatPlan {
  const wantedKeys = new Set(wanted.map(entryKey));
  const presentKeys = new Set(present.map(entryKey));
  const stale = new Set(present.filter((entry) => !wantedKeys.has(entryKey(entry))));
  const additions: NatStep[] = [];
  const replacements: NatStep[] = [];
  for (const add of wanted) {
    if (presentKeys.has(entryKey(add))) continue;
    const remove = [...stale].filter((entry) => entriesOverlap(entry, add));
    for (const entry of remove) stale.delete(entry);
    (remove.length === 0 ? additions : replacements).push({ remove, add });
  }
  return {
    unchanged: wanted.filter((entry) => presentKeys.has(entryKey(entry))),
    steps: [...additions, ...replacements, ...[...stale].map((entry) => ({ remove: [entry], add: undefined }))],
  };
}
