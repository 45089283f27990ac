/** Starting an instance: at once when it is off, nothing to do when it is on already. */
import type { NexusContext } from "../context.ts";
import { conflict, NexusError } from "../errors.ts";
import { instanceStart } from "../sagas/instance-start.ts";
import { getInstance, type InstanceRecord } from "./record.ts";
import { runState } from "./run-state.ts";

/** Resolves when the sled-agent has been told to run it; throws what kept it from that. */
export async function startInstance(nexus: NexusContext, instance: InstanceRecord): Promise<InstanceRecord> {
  const from = startsFrom(instance);
  if (from === null) return instance;
  const { id: instanceId, intended_state: intendedBefore } = instance;
  const propolisId = nexus.world.ids.uuid();
  try {
    const saga = await nexus.sagas.start(instanceStart, { instanceId, propolisId, from, intendedBefore });
    await saga.result;
  } catch (error) {
    const now = await getInstance(nexus, instanceId);
    // Two starts at once: the other one won, which is as good.
    const isConflict = error instanceof NexusError && error.kind === "conflict";
    if (isConflict && (runState(now) === "starting" || runState(now) === "running")) return now;
    throw error;
  }
  return getInstance(nexus, instanceId);
}

/** Null: it is on, or about to be. */
function startsFrom(instance: InstanceRecord): "no_vmm" | "failed" | null {
  const state = runState(instance);
  switch (state) {
    case "starting":
    case "running":
    case "rebooting":
    case "migrating":
      return null;
    case "stopping":
      throw conflict("instance must finish stopping before it can be started");
    case "stopped":
      return "no_vmm";
    case "failed":
      if (instance.state === "failed") return "failed";
  }
  throw conflict(`instance is in state ${state} but it must be stopped to be started`);
}
