/** Stopping and rebooting. What the user wants is written down first, so that a stop that got lost on the way is repeated. */
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { conflict, invalidRequest, unavailable, type NexusError } from "../errors.ts";
import { NoSuchVmmError } from "../peers/sled-agent.ts";
import { getInstance, type InstanceRecord } from "./record.ts";
import { runState } from "./run-state.ts";
import { requestState, stopVmm } from "./stop-vmm.ts";
import { markVmmLost } from "./vmm-state.ts";

export async function stopInstance(nexus: NexusContext, { id }: InstanceRecord): Promise<InstanceRecord> {
  const instance = await intendStopped(nexus, id);
  const { active_propolis_id: propolisId, vmm_sled_id: sledId, vmm_state: vmmState } = instance;
  // A VMM that is only a record yet: its start finds out that it is not wanted any more.
  if (propolisId === null || sledId === null || vmmState === "creating") return instance;
  if (runState(instance) === "stopping") return instance;
  await telling(nexus, propolisId, sledId, () => stopVmm(nexus, sledId, propolisId));
  return getInstance(nexus, id);
}

/** Whether a VMM that starts takes a reboot is for its sled to say: it may run by now. */

export async function rebootInstance(nexus: NexusContext, instance: InstanceRecord): Promise<InstanceRecord> {
  const state = runState(instance);
  const { active_propolis_id: propolisId, vmm_sled_id: sledId, vmm_state: vmmState } = instance;
  if (
    propolisId === null ||
    sledId === null ||
    (state !== "running" && state !== "rebooting" && state !== "starting")
  ) {
    throw invalidRequest(`instance is ${state}: only a running instance can be rebooted`);
  }
  if (state === "rebooting") return instance;
  const refused = state === "starting" ? isStarting : isEnding;
  if (vmmState === "creating") throw refused();
  const told = await telling(nexus, propolisId, sledId, () =>
    requestState(nexus, sledId, propolisId, { type: "reboot", refused }),
  );
  if (!told) throw isEnding();
  return getInstance(nexus, instance.id);
}

const isStarting = (): NexusError => invalidRequest("instance is starting: it can be rebooted once it runs");
const isEnding = (): NexusError => conflict("the instance is on its way down: it cannot be rebooted any more");

/** The instance as it was when the wish was recorded; one that failed is off from then on. */
async function intendStopped(nexus: NexusContext, id: string): Promise<InstanceRecord> {
  const instance = await getInstance(nexus, id);
  if (instance.state === "creating") throw invalidRequest("cannot stop an instance that is being created");
  await nexus.store.db
    .updateTable("instance")
    .set({ intended_state: "stopped" })
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .execute();
  await nexus.store.db
    .updateTable("instance")
    .set((eb) => ({ state: "no_vmm", time_state_updated: nowText(nexus), state_gen: eb("state_gen", "+", 1) }))
    .where("id", "=", id)
    .where("state", "=", "failed")
    .where("time_deleted", "is", null)
    .execute();
  return getInstance(nexus, id);
}

/** False when the VMM has ended, and its sled-agent is about to say how. Throws unavailable when it is lost, which fails it. */
async function telling(
  nexus: NexusContext,
  propolisId: string,
  sledId: string,
  tell: () => Promise<void>,
): Promise<boolean> {
  const before = await nexus.store.db
    .selectFrom("vmm")
    .select("state_gen")
    .where("id", "=", propolisId)
    .executeTakeFirstOrThrow();
  try {
    await tell();
    return true;
  } catch (error) {
    if (!(error instanceof NoSuchVmmError)) throw error;
    if (error.isEnding) return false;
    const reason = `the sled-agent of sled ${sledId} does not have the VMM any more`;
    await markVmmLost(nexus, propolisId, before.state_gen, reason);
    throw unavailable(
      "The instance was running but is no longer reachable. It is being moved to the Failed state.",
      error,
    );
  }
}
