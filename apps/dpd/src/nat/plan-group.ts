/** Plans for groups: the whole set, a change of it, its removal. Pure; generators that yield so that long ones can pause. */
import { familyOf, sameTarget } from "./entry.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import type { EntrySet } from "./entry-set.ts";
import type { NatGroup } from "./group.ts";
import { NatPlan, planAddress } from "./plan.ts";
import { findExact, insertSorted } from "./ranges.ts";
import { SLICE } from "./slices.ts";
import type { NatState } from "./state.ts";

/**
 * Makes the group's entries exactly those of `request`, in which the entries of an address are next to each other, by
 * low port. `group` is undefined when there is none yet.
 */
export function* planEnsure(
  state: NatState,
  group: NatGroup | undefined,
  request: readonly NatEntry[],
): Generator<void, NatPlan> {
  const plan = new NatPlan();
  const stays = (entry: NatEntry) => group === undefined || entry.owner !== group;
  let done = 0;
  for (let from = 0, to = 0; from < request.length; from = to) {
    to = endOfAddress(request, from);
    const first = request[from];
    if (first === undefined) break;
    const wanted = to - from === 1 ? [first] : request.slice(from, to);
    const { external } = first;
    planAddress(plan, group, external, { current: state.at(first.family, external), wanted, stays });
    if (++done % SLICE === 0) yield;
  }
  if (group !== undefined && staleElsewhere(plan, group)) {
    const named = new Set(request.map((entry) => entry.external));
    yield* planRemoval(plan, state, group, (external) => named.has(external));
  }
  return plan;
}

/** The plan for a group that holds exactly what is asked for. */
export function planNothing(group: NatGroup): NatPlan {
  const plan = new NatPlan();
  plan.unchanged = group.members.length;
  return plan;
}

/** Position after the entries of the address of the one at `from`. */
function endOfAddress(entries: readonly NatEntry[], from: number): number {
  const external = entries[from]?.external;
  let to = from + 1;
  while (to < entries.length && entries[to]?.external === external) to++;
  return to;
}

/** Removes every entry of the group. */
export function* planDelete(state: NatState, group: NatGroup): Generator<void, NatPlan> {
  const plan = new NatPlan();
  yield* planRemoval(plan, state, group, () => false);
  return plan;
}

/**
 * Removes the entries named in `remove` and puts those of `upsert`; the rest of the group stays as declared, so what has
 * drifted is mended on the way. Costs as much as the change and the drift together.
 */
export function* planChanges(
  state: NatState,
  group: NatGroup,
  upsert: EntrySet,
  remove: readonly NatKey[],
): Generator<void, NatPlan> {
  const leaving = new Set<NatEntry>(group.extras);
  const lost = new Set<NatEntry>();
  const touched = new Set<string>([...upsert.addresses.keys(), ...group.missing.addresses.keys()]);
  for (const entry of group.extras) touched.add(entry.external);
  for (const key of remove) {
    const entry = findExact(currentAt(state, key.external), key);
    if (entry !== undefined && entry.owner === group) {
      leaving.add(entry);
      touched.add(key.external);
    }
    const missing = group.missing.find(key);
    if (missing !== undefined) lost.add(missing);
  }
  const plan = new NatPlan();
  const stays = (entry: NatEntry) => !leaving.has(entry);
  let done = 0;
  for (const external of touched) {
    const wanted = [...upsert.at(external)];
    for (const entry of group.missing.at(external)) {
      if (!lost.has(entry)) insertSorted(wanted, entry);
    }
    planAddress(plan, group, external, { current: currentAt(state, external), wanted, stays });
    if (++done % SLICE === 0) yield;
  }
  return plan;
}

/** True when `request` is what the group's client declared last, whatever the tables hold of it. */
export function isDeclared(state: NatState, group: NatGroup, request: readonly NatEntry[]): boolean {
  if (request.length !== group.declaredCount) return false;
  for (const entry of request) {
    const programmed = findExact(state.at(entry.family, entry.external), entry);
    const isMember = programmed?.owner === group && !group.extras.has(programmed);
    const declared = isMember ? programmed : group.missing.find(entry);
    if (declared === undefined || !sameTarget(declared, entry)) return false;
  }
  return true;
}

/** Every member is kept, exchanged or removed already unless it sits on an address the request does not name. */
function staleElsewhere(plan: NatPlan, group: NatGroup): boolean {
  let ownRemoved = 0;
  for (const entry of plan.removed) if (entry.owner === group) ownRemoved++;
  return plan.unchanged + plan.retargeted.length + ownRemoved < group.members.length;
}

function* planRemoval(
  plan: NatPlan,
  state: NatState,
  group: NatGroup,
  isPlanned: (external: string) => boolean,
): Generator<void> {
  let done = 0;
  for (const entry of group.members) {
    if (++done % SLICE === 0) yield;
    if (isPlanned(entry.external)) continue;
    plan.removed.push(entry);
    if (plan.after.has(entry.external)) continue;
    const rest = currentAt(state, entry.external).filter((other) => other.owner !== group);
    plan.after.set(entry.external, rest);
  }
}

function currentAt(state: NatState, external: string): readonly NatEntry[] {
  return state.at(familyOf(external), external);
}
