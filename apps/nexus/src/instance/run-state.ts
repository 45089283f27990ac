/** The state users see: made of the instance's own and that of its VMM. */
import type { VmmState } from "../db/schema.ts";
import type { InstanceRecord } from "./record.ts";

export type RunState =
  | "creating"
  | "starting"
  | "running"
  | "stopping"
  | "stopped"
  | "rebooting"
  | "migrating"
  | "failed"
  | "destroyed";

type Stateful = Pick<InstanceRecord, "state" | "migration_id" | "vmm_state" | "time_state_updated"> &
  Partial<Pick<InstanceRecord, "vmm_time_state_updated">>;

export function runState(instance: Stateful): RunState {
  if (instance.state === "no_vmm") return "stopped";
  if (instance.state !== "vmm") return instance.state;
  if (instance.migration_id !== null) return "migrating";
  return instance.vmm_state === null ? "failed" : ofVmm(instance.vmm_state);
}

function ofVmm(state: VmmState): RunState {
  switch (state) {
    case "creating":
    case "starting":
      return "starting";
    case "saga_unwound":
      return "failed";
    // Until what the VMM held is released, the instance cannot be started again: it is still stopping.
    case "stopped":
    case "destroyed":
    case "failed":
      return "stopping";
    default:
      return state;
  }
}

/** When the state last changed. */
export function runStateTime(instance: Stateful): string {
  const vmm = instance.vmm_time_state_updated ?? "";
  return vmm > instance.time_state_updated ? vmm : instance.time_state_updated;
}

/** A VMM in such a state will never run again. */
export const TERMINAL_VMM_STATES = ["stopped", "destroyed", "failed"] as const satisfies readonly VmmState[];

export const isTerminal = (state: VmmState): boolean => (TERMINAL_VMM_STATES as readonly VmmState[]).includes(state);
