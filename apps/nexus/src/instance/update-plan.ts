/**
 * What has to happen to an instance once its VMMs have told how they are: decided from rows alone. Who has the guest
 * follows from the two ends of a migration, in this order: the target that completed has it; a target that failed never
 * will; a source that completed gave it away; a source that failed kept it. As long as none has said so, nothing happens.
 */
import type { MigrationState, VmmState } from "../db/schema.ts";
import { isTerminal } from "./run-state.ts";

export interface VmmFacts {
  readonly id: string;
  readonly sledId: string;
  readonly state: VmmState;
}

export interface MigrationFacts {
  readonly sourceId: string;
  readonly sourceState: MigrationState;
  readonly targetId: string;
  readonly targetState: MigrationState;
}

export interface InstanceFacts {
  readonly activeId: string | null;
  /** The one under way. */
  readonly migration: MigrationFacts | null;
  /** The active VMM gave its guest away in a migration that counts as failed: the guest is lost. */
  readonly gaveGuestAway: boolean;
  /** Every VMM of the instance whose record has not ended. */
  readonly vmms: readonly VmmFacts[];
}

/** Where the guest is from now on. */
export type Whereabouts =
  | { readonly kind: "same" }
  | { readonly kind: "on"; readonly vmm: VmmFacts }
  | { readonly kind: "off"; readonly failed: boolean };

export interface InstanceUpdatePlan {
  readonly guest: Whereabouts;
  /** The instance may migrate again. */
  readonly migrationOver: boolean;
  /** VMMs that are over, and no longer the instance's: their records end. */
  readonly end: readonly string[];
  /** VMMs that must not go on: their sleds are told to drop them. */
  readonly abandon: readonly string[];
  /** VMMs that are about to end by themselves: what they held is free at once. */
  readonly release: readonly string[];
}

/** Null: there is nothing to do. */
export function planInstanceUpdate(facts: InstanceFacts): InstanceUpdatePlan | null {
  const { migration, vmms, activeId } = facts;
  const [guest, migrationOver] = migration === null ? [withoutMigration(facts), false] : during(facts, migration);
  const active = guest.kind === "same" ? activeId : guest.kind === "on" ? guest.vmm.id : null;
  const linked = (id: string) => id === active || (!migrationOver && id === migration?.targetId);
  const unlinked = vmms.filter(({ id, state }) => !linked(id) && state !== "saga_unwound");
  const end = unlinked.filter(({ state }) => isTerminal(state)).map(({ id }) => id);
  const going = migrationOver || active !== activeId ? unlinked.filter(({ state }) => !isTerminal(state)) : [];
  const isTarget = ({ id }: VmmFacts) => id === migration?.targetId;
  const abandon = going.filter(isTarget).map(({ id }) => id);
  const release = going.filter((vmm) => !isTarget(vmm)).map(({ id }) => id);
  if (guest.kind === "same" && !migrationOver && end.length === 0) return null;
  return { guest, migrationOver, end, abandon, release };
}

function withoutMigration({ activeId, vmms, gaveGuestAway }: InstanceFacts): Whereabouts {
  const active = vmms.find(({ id }) => id === activeId);
  if (active === undefined || !isTerminal(active.state)) return SAME;
  return { kind: "off", failed: gaveGuestAway || active.state === "failed" };
}

/** With whether the migration is over. */
function during({ activeId, vmms }: InstanceFacts, migration: MigrationFacts): [Whereabouts, boolean] {
  const { sourceId, sourceState, targetId, targetState } = migration;
  const source = vmms.find(({ id }) => id === sourceId);
  const target = vmms.find(({ id }) => id === targetId);
  if (targetState === "completed") {
    if (target !== undefined && isAlive(target)) return [{ kind: "on", vmm: target }, true];
    return [{ kind: "off", failed: endedBadly(target) }, true];
  }
  if (targetState === "failed" || target === undefined || !isAlive(target)) {
    if (sourceState === "completed") return [{ kind: "off", failed: true }, true];
    if (source !== undefined && isAlive(source)) return [{ kind: "on", vmm: source }, true];
    return [{ kind: "off", failed: endedBadly(source) }, true];
  }
  if (sourceState === "completed") return [activeId === targetId ? SAME : { kind: "on", vmm: target }, false];
  if (sourceState === "failed" && source !== undefined && isAlive(source)) return [{ kind: "on", vmm: source }, true];
  // Also when the source is gone: it may have given the guest away with its last breath, which the target will tell.
  return [SAME, false];
}

const SAME = { kind: "same" } as const;

function isAlive({ state }: VmmFacts): boolean {
  return state !== "saga_unwound" && !isTerminal(state);
}

function endedBadly(vmm: VmmFacts | undefined): boolean {
  return vmm?.state !== "destroyed" && vmm?.state !== "stopped";
}
