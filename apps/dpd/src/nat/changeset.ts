/**
 * The changeset feed of Nexus: plans what each item of a batch would do. Items build on each other, so the plan of one is
 * made against what those before it leave behind. Entries of groups are never evicted.
 */
import { canonicalIp, isIpv4, parseIpv4, parseMac } from "@racklet/net";
import { NatEntry } from "./entry.ts";
import { sameRange, sameTarget } from "./entry.ts";
import { NatPlan, describeOwned } from "./plan.ts";
import { findExact, insertSorted, overlapping } from "./ranges.ts";
import type { NatState } from "./state.ts";

/** One item of Nexus's changeset: an entry that is to be there, or is not to be there any more. */
export interface ChangesetItem {
  readonly external: string;
  readonly low: number;
  readonly high: number;
  readonly internalIp: string;
  /** As text with colons. */
  readonly mac: string;
  readonly vni: number;
  readonly generation: number;
  readonly deleted: boolean;
}

export type ItemPlan =
  | { readonly item: ChangesetItem; readonly verdict: "apply"; readonly plan: NatPlan }
  /** Already so. */
  | { readonly item: ChangesetItem; readonly verdict: "unchanged" }
  /** An entry of a group is in the way; the item is tried again when the feed is read next. */
  | { readonly item: ChangesetItem; readonly verdict: "blocked"; readonly reason: string }
  /** The item makes no sense. */
  | { readonly item: ChangesetItem; readonly verdict: "invalid"; readonly reason: string };

export function planChangeset(state: NatState, items: readonly ChangesetItem[]): ItemPlan[] {
  /** What the addresses touched so far would hold. */
  const overlay = new Map<string, readonly NatEntry[]>();
  return items.map((item) => {
    const entry = readItem(item);
    if (typeof entry === "string") return { item, verdict: "invalid", reason: entry };
    const current = overlay.get(entry.external) ?? state.at(entry.family, entry.external);
    const outcome = item.deleted ? planDeletion(item, entry, current) : planInsertion(item, entry, current);
    if (outcome.verdict === "apply") {
      for (const [external, list] of outcome.plan.after) overlay.set(external, list);
    }
    return outcome;
  });
}

/** The entry, or why there is none. */
function readItem(item: ChangesetItem): NatEntry | string {
  const external = canonicalIp(item.external);
  if (external === null) return `external address ${item.external}`;
  const internalIp = canonicalIp(item.internalIp);
  if (internalIp === null || isIpv4(internalIp)) return `sled address ${item.internalIp}`;
  const mac = parseMac(item.mac);
  if (mac === null) return `MAC address ${item.mac}`;
  if ((item.vni & 0xff_ffff) !== item.vni) return `VNI ${item.vni}`;
  const { low, high } = item;
  if ((low & 0xffff) !== low || (high & 0xffff) !== high || low > high) return `port range ${low}-${high}`;
  return new NatEntry(parseIpv4(external), external, low, high, internalIp, mac, item.vni);
}

/** Upstream removes the first entry that overlaps; ours the first that no group owns. */
function planDeletion(item: ChangesetItem, entry: NatEntry, current: readonly NatEntry[]): ItemPlan {
  const going = overlapping(current, entry.low, entry.high).find((other) => other.owner === undefined);
  if (going === undefined) return { item, verdict: "unchanged" };
  const plan = new NatPlan();
  plan.removed.push(going);
  plan.after.set(
    entry.external,
    current.filter((other) => other !== going),
  );
  return { item, verdict: "apply", plan };
}

/** Takes the place of whatever ungrouped entries overlap; one of the same range is exchanged in place. */
function planInsertion(item: ChangesetItem, entry: NatEntry, current: readonly NatEntry[]): ItemPlan {
  const there = findExact(current, entry);
  if (there !== undefined && sameTarget(there, entry)) return { item, verdict: "unchanged" };
  const inTheWay = overlapping(current, entry.low, entry.high);
  const owned = inTheWay.find((other) => other.owner !== undefined);
  if (owned !== undefined) return { item, verdict: "blocked", reason: describeOwned(owned) };
  const plan = new NatPlan();
  const after = current.filter((other) => !inTheWay.includes(other));
  insertSorted(after, entry);
  plan.after.set(entry.external, after);
  const [only] = inTheWay;
  if (inTheWay.length === 1 && only !== undefined && sameRange(only, entry)) {
    plan.priors.push(only);
    plan.retargeted.push(entry);
  } else {
    for (const other of inTheWay) plan.removed.push(other);
    plan.added.push(entry);
  }
  return { item, verdict: "apply", plan };
}
