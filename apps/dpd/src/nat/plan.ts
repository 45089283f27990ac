/**
 * What a change of NAT would do, as data: which entries the tables lose, exchange and gain, which entries change owner,
 * and what each touched address holds afterwards. Making a plan changes nothing.
 */
import type { NatEntry } from "./entry.ts";
import { keyText, sameRange, sameTarget } from "./entry.ts";
import type { NatGroup } from "./group.ts";
import type { AtAddress } from "./ranges.ts";

export interface NatConflict {
  readonly wanted: NatEntry;
  /** What is in the way. */
  readonly current: NatEntry;
}

export class NatPlan {
  /** Entries the tables lose. */
  readonly removed: NatEntry[] = [];
  /** Entries whose target changes in place: `retargeted[i]` takes the place of `priors[i]`. */
  readonly retargeted: NatEntry[] = [];
  readonly priors: NatEntry[] = [];
  /** Entries the tables gain. */
  readonly added: NatEntry[] = [];
  /** Entries that are right and only change owner. */
  readonly adopted: NatEntry[] = [];
  /** Requested entries that are there already and owned. */
  unchanged = 0;
  readonly conflicts: NatConflict[] = [];
  /** What each address in use that changes holds afterwards, sorted by low; an empty list when nothing is left. */
  readonly after = new Map<string, NatEntry[]>();
  /** The same for addresses that come into use, none empty: most of a bulk change, and no map of it. */
  readonly arrivals: AtAddress[] = [];

  /** True when the tables would be written. */
  get writes(): boolean {
    return this.removed.length > 0 || this.retargeted.length > 0 || this.added.length > 0;
  }
}

export interface AddressChange {
  /** The entries the address holds, sorted. */
  readonly current: readonly NatEntry[];
  /** The entries it is to hold, sorted. Handed over: the plan keeps the list. */
  readonly wanted: NatEntry[];
  /** Of a current entry that overlaps no wanted one: whether it stays. */
  readonly stays: (entry: NatEntry) => boolean;
}

/**
 * Plans one address by the ownership rules: what `group` owns is kept, exchanged or replaced; an ungrouped entry that is
 * exactly right is adopted; everything else in the way is a conflict.
 */
export function planAddress(plan: NatPlan, group: NatGroup | undefined, external: string, change: AddressChange): void {
  const { current, wanted } = change;
  const only = wanted.length === 1 ? wanted[0] : undefined;
  if (current.length === 0) {
    if (wanted.length > 0) plan.arrivals.push(only ?? wanted);
    for (const entry of wanted) plan.added.push(entry);
    return;
  }
  if (only !== undefined && current.length === 1 && group !== undefined && isKept(only, current[0], group)) {
    plan.unchanged++;
    return;
  }
  sweep(plan, group, external, change);
}

function isKept(wanted: NatEntry, current: NatEntry | undefined, group: NatGroup): boolean {
  return current?.owner === group && sameRange(wanted, current) && sameTarget(wanted, current);
}

/** Walks both sorted lists once: each current entry is met by the wanted ones it overlaps, or by none. */
function sweep(plan: NatPlan, group: NatGroup | undefined, external: string, change: AddressChange): void {
  const { current, wanted, stays } = change;
  const after: NatEntry[] = [];
  let changed = false;
  let next = 0;
  /** The entry at `next` overlaps a wanted entry and was dealt with. */
  let met = false;
  const pass = (entry: NatEntry) => {
    if (!met && stays(entry)) after.push(entry);
    else if (!met) {
      plan.removed.push(entry);
      changed = true;
    }
    met = false;
    next++;
  };
  for (const want of wanted) {
    let settled = false;
    for (let entry = current[next]; entry !== undefined && entry.low <= want.high; entry = current[next]) {
      if (entry.high >= want.low) {
        const verdict = judge(group, want, entry);
        if (verdict === "keep" || verdict === "adopt") after.push(entry);
        if (verdict === "keep") plan.unchanged++;
        if (verdict === "adopt") plan.adopted.push(entry);
        if (verdict === "retarget") {
          plan.retargeted.push(want);
          plan.priors.push(entry);
          after.push(want);
        }
        if (verdict === "replace" && !met) plan.removed.push(entry);
        if (verdict === "conflict") plan.conflicts.push({ wanted: want, current: entry });
        changed ||= verdict !== "keep" && verdict !== "adopt";
        settled ||= verdict !== "replace";
        met = true;
      }
      // It may reach into the next wanted entry too.
      if (entry.high > want.high) break;
      pass(entry);
    }
    if (settled) continue;
    plan.added.push(want);
    after.push(want);
    changed = true;
  }
  for (let entry = current[next]; entry !== undefined; entry = current[next]) pass(entry);
  if (changed) plan.after.set(external, after);
}

type Verdict = "keep" | "adopt" | "retarget" | "replace" | "conflict";

function judge(group: NatGroup | undefined, wanted: NatEntry, current: NatEntry): Verdict {
  const exact = sameRange(wanted, current);
  if (group !== undefined && current.owner === group) {
    if (!exact) return "replace";
    return sameTarget(wanted, current) ? "keep" : "retarget";
  }
  return current.owner === undefined && exact && sameTarget(wanted, current) ? "adopt" : "conflict";
}

export function describeOwned(entry: NatEntry): string {
  return `${keyText(entry)} ${entry.owner === undefined ? "ungrouped" : `owned by group ${entry.owner.name}`}`;
}
