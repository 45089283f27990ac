/**
 * The simulated mode's states: a request changes little by itself and queues what a propolis would show later; a poke
 * takes the next of these. Pure.
 */
import type { InstanceState } from "@racklet/api-types/propolis/latest";
import { invalid } from "../errors.ts";
import { SHOWN_AS, moveTo, observe, type ObservedMigration } from "../vmm/status.ts";
import type { StateRequest, VmmStatus } from "../vmm/types.ts";

export interface Change {
  readonly state: InstanceState;
  readonly migrationIn?: ObservedMigration;
  readonly migrationOut?: ObservedMigration;
}

export interface Simulated {
  readonly status: VmmStatus;
  /** What pokes will show, oldest first. */
  readonly queue: readonly Change[];
}

const states = (...names: InstanceState[]): Change[] => names.map((state) => ({ state }));

/** Throws `invalid` for what the state it is on its way to does not allow. */
export function request(simulated: Simulated, { type }: StateRequest, now: string): Simulated {
  const { status, queue } = simulated;
  const resting = restingState(simulated);
  const refused = () => invalid(`a VMM that is ${resting}, or on its way there, cannot be asked for ${type}`);
  switch (type) {
    case "running":
      if (resting === "starting") return { status, queue: [...queue, ...states("Running")] };
      if (resting === "running" || resting === "rebooting" || resting === "migrating") return simulated;
      throw refused();
    case "stopped":
      if (resting === "starting") return { status: moveTo(status, "destroyed", now), queue: [] };
      if (resting === "running") {
        return {
          status: moveTo(status, "stopping", now),
          queue: [...queue, ...states("Stopping", "Stopped", "Destroyed")],
        };
      }
      if (resting === "stopping" || resting === "stopped" || resting === "destroyed") return simulated;
      throw refused();
    case "reboot": {
      if (resting !== "running") throw refused();
      if (status.state === "rebooting" || queue.some(({ state }) => state === "Rebooting")) return simulated;
      return { status: moveTo(status, "rebooting", now), queue: [...queue, ...states("Rebooting", "Running")] };
    }
    case "migrationTarget": {
      const id = status.migrationIn?.migrationId;
      if (queue.length > 0 || status.state !== "migrating" || id === undefined) throw refused();
      return {
        status,
        queue: [
          { state: "Migrating" },
          { state: "Migrating", migrationIn: { id, state: "Sync" } },
          { state: "Migrating", migrationIn: { id, state: "Finish" } },
          { state: "Running" },
        ],
      };
    }
  }
}

/** Queues what the source of a migration shows. */
export function migrateOut(simulated: Simulated, id: string, result: "success" | "failure"): Simulated {
  const { status, queue } = simulated;
  const ending: readonly Change[] =
    result === "success"
      ? [{ state: "Migrating", migrationOut: { id, state: "Finish" } }, ...states("Stopping", "Stopped", "Destroyed")]
      : [{ state: "Migrating", migrationOut: { id, state: "Error" } }, ...states("Running")];
  return {
    status,
    queue: [...queue, { state: "Migrating" }, { state: "Migrating", migrationOut: { id, state: "Sync" } }, ...ending],
  };
}

/** Shows the next change; undefined when there is none. */
export function poke({ status, queue: [next, ...queue] }: Simulated, now: string): Simulated | undefined {
  if (next === undefined) return undefined;
  return { status: observe(status, { gen: status.gen, ...next }, now), queue };
}

/** The state once everything queued has been shown. */
function restingState({ status, queue }: Simulated): VmmStatus["state"] {
  const last = queue.at(-1);
  return last === undefined ? status.state : SHOWN_AS[last.state];
}
