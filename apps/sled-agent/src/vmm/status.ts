/** How a VMM's reported state follows from what is asked of it and what its propolis shows. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { InstanceState, MigrationState as PropolisMigration } from "@racklet/api-types/propolis/latest";
import type { MigrationState, VmmState } from "@racklet/api-types/sled-agent/latest";
import type { MigrationStatus, VmmStatus } from "./types.ts";

export interface ObservedMigration {
  readonly id: string;
  readonly state: PropolisMigration;
}

/** What a propolis shows of its VM. */
export interface Observation {
  readonly gen: number;
  readonly state: InstanceState;
  readonly migrationIn?: ObservedMigration | undefined;
  readonly migrationOut?: ObservedMigration | undefined;
}

// Upstream shows a stopped VM as stopping until it is destroyed, so that nobody starts it again in between.
export const SHOWN_AS: Readonly<Record<InstanceState, VmmState>> = {
  Creating: "starting",
  Starting: "starting",
  Running: "running",
  Repairing: "running",
  Stopping: "stopping",
  Stopped: "stopping",
  Rebooting: "rebooting",
  Migrating: "migrating",
  Failed: "failed",
  Destroyed: "destroyed",
};

/** The VMM has ended for good. */
export function isHalted({ state }: Pick<VmmStatus, "state">): boolean {
  return state === "failed" || state === "destroyed";
}

/** Every observation is news: the generation grows even where the state stays. */
export function observe(status: VmmStatus, observation: Observation, now: string): VmmStatus {
  if (observation.state === "Failed") return fail(withMigrations(status, observation, now), OWN_FAILURE, now);
  return moveTo(withMigrations(status, observation, now), SHOWN_AS[observation.state], now);
}

/** In more than the generation and its time: Nexus would do something about it. */
export function differs(a: VmmStatus, b: VmmStatus): boolean {
  const ofMoment = { gen: 0, timeUpdated: "" };
  return !isDeepStrictEqual({ ...a, ...ofMoment }, { ...b, ...ofMoment });
}

const OWN_FAILURE = "its propolis says that the VM failed";

/** The end of a VMM that did not end as it should, with the reason in a sentence. */
export function fail(status: VmmStatus, reason: string, now: string): VmmStatus {
  return { ...moveTo(status, "failed", now), failureReason: reason };
}

function withMigrations(status: VmmStatus, observation: Observation, now: string): VmmStatus {
  return {
    ...status,
    migrationIn: observeMigration(status.migrationIn, observation.migrationIn, now),
    migrationOut: observeMigration(status.migrationOut, observation.migrationOut, now),
  };
}

/** The next generation, in `state`. A VMM that ends takes its unfinished migrations with it. */
export function moveTo(status: VmmStatus, state: VmmState, now: string): VmmStatus {
  const next = { ...status, state, gen: status.gen + 1, timeUpdated: now };
  if (!isHalted(next)) return next;
  return {
    ...next,
    migrationIn: abandonMigration(status.migrationIn, now),
    migrationOut: abandonMigration(status.migrationOut, now),
  };
}

function observeMigration(
  known: MigrationStatus | undefined,
  seen: ObservedMigration | undefined,
  now: string,
): MigrationStatus | undefined {
  if (seen === undefined) return known;
  const state = migrationStateOf(seen.state);
  const isSame = known !== undefined && known.migrationId === seen.id;
  if (isSame && known.state === state) return known;
  // A migration begins pending at generation 1, whether that was ever seen or not.
  return { migrationId: seen.id, state, gen: (isSame ? known.gen : 1) + 1, timeUpdated: now };
}

function migrationStateOf(state: PropolisMigration): MigrationState {
  if (state === "Error") return "failed";
  return state === "Finish" ? "completed" : "in_progress";
}

function abandonMigration(migration: MigrationStatus | undefined, now: string): MigrationStatus | undefined {
  if (migration === undefined || migration.state === "failed" || migration.state === "completed") return migration;
  return { ...migration, state: "failed", gen: migration.gen + 1, timeUpdated: now };
}
