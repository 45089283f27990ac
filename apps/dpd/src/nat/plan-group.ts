/** Plans for groups: the whole set, a change of it, its removal. Pure; generators that yield so that long ones can pause. */
import { familyOf, sameTarget } from "./entry.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import type { EntrySet } from "./entry-set.ts";
import type { NatGroup } from "./group.ts";
import { NatPlan, planAddress } from "./plan.ts";
import { findExact, insertSorted } from "./ranges.ts";
import { SLICE } from "./slices.ts";
import type { NatState } from "./state.ts";

/** Makes the group's entries exactly `request`, which is handed over. `group` is undefined when there is none yet. */
export function* planEnsure(state: NatState, group: NatGroup | undefined, request: EntrySet): Generator<void, NatPlan> {
  const plan = new NatPlan();
  const stays = (entry: NatEntry) => group === undefined || entry.owner !== group;
  let done = 0;
  for (const [external, wanted] of request.addresses) {
    planAddress(plan, group, external, { current: currentAt(state, external), wanted, stays });
    if (++done % SLICE === 0) yield;
  }
  if (group !== undefined && staleElsewhere(plan, group)) {
    yield* planRemoval(plan, state, group, (external) => request.addresses.has(external));
  }
  return plan;
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
export function isDeclared(state: NatState, group: NatGroup, request: EntrySet): boolean {
  if (request.size !== group.declaredCount) return false;
  for (const [external, wanted] of request.addresses) {
    const current = currentAt(state, external);
    for (const entry of wanted) {
      const programmed = findExact(current, entry);
      const isMember = programmed?.owner === group && !group.extras.has(programmed);
      const declared = isMember ? programmed : group.missing.find(entry);
      if (declared === undefined || !sameTarget(declared, entry)) return false;
    }
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
