/**
 * Starts an instance: room on a sled and a VMM record, NAT, registration with the sled-agent, its multicast memberships
 * on that sled, and the order to run.
 */
import type { Transaction } from "kysely";
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { InstanceTable, NexusTables } from "../db/schema.ts";
import { conflict } from "../errors.ts";
import { refuseMovingIps } from "../external-ip/moving.ts";
import { getInstance } from "../instance/record.ts";
import { registerVmm } from "../instance/register-vmm.ts";
import { abandonVmm, insertVmm, unregisterVmm } from "../instance/vmm-record.ts";
import { placeMembers, restMembers } from "../multicast/instance-hooks.ts";
import { ensureInstanceNat, removeInstanceNatIn } from "../nat/instance.ts";
import { askSled, NoSuchVmmError } from "../peers/sled-agent.ts";
import { propolisAddress } from "../sled/propolis-address.ts";
import { reserveSled } from "../sled/reserve.ts";
import { ABANDONED_VMM_REAPER, V2P_MANAGER } from "../tasks/names.ts";

export interface InstanceStartParams {
  readonly instanceId: string;
  readonly propolisId: string;
  /** What the instance was: what it is again when the start fails. */
  readonly from: "no_vmm" | "failed";
  readonly intendedBefore: InstanceTable["intended_state"];
}

type Tx = Transaction<NexusTables>;

export const instanceStart = defineSaga("instance-start", (saga: SagaBuilder<InstanceStartParams, NexusContext>) => {
  const { instanceId, propolisId } = saga.params;

  const sled = saga.node("alloc_sled", {
    do: ({ services }) => allocateSled(services, instanceId, propolisId),
    undo: ({ services }) => abandon(services, propolisId),
  });
  saga.node("mark_starting", {
    do: ({ services, params }) => markStarting(services, params),
    undo: ({ services, params }) => unmarkStarting(services, params),
  });
  saga.node("dpd_ensure", {
    do: ({ services, output }) => ensureInstanceNat(services, { instanceId, sledId: output(sled) }),
    undo: ({ services }) => removeOwnNat(services, instanceId, propolisId),
  });
  saga.node("ensure_registered", {
    do: ({ services, output }) => registerVmm(services, { vmmId: propolisId, instanceId, sledId: output(sled) }),
    undo: ({ services, output }) => unregisterVmm(services, output(sled), propolisId),
  });
  saga.node("update_multicast_sled_id", {
    do: ({ services, params, output }) =>
      changeMembers(services, params, (tx) => placeMembers(services, tx, instanceId, output(sled))),
    undo: ({ services, params }) => changeMembers(services, params, (tx) => restMembers(services, tx, instanceId)),
  });
  saga.node("ensure_running", {
    do: ({ services, output }) => run(services, output(sled), instanceId, propolisId),
  });
});

async function allocateSled(nexus: NexusContext, instanceId: string, propolisId: string): Promise<string> {
  const instance = await getInstance(nexus, instanceId);
  return nexus.store.transaction(async (tx) => {
    const before = await tx.selectFrom("vmm").select("sled_id").where("id", "=", propolisId).executeTakeFirst();
    if (before !== undefined) return before.sled_id;
    const sledId = await reserveSled(nexus, tx, {
      vmmId: propolisId,
      siloId: instance.silo_id,
      threads: instance.ncpus,
      memory: instance.memory_bytes,
      cpuPlatform: instance.cpu_platform,
    });
    const address = await propolisAddress(tx, sledId, propolisId);
    await insertVmm(nexus, tx, { id: propolisId, instanceId, sledId, propolisAddress: address });
    return sledId;
  });
}

async function abandon(nexus: NexusContext, propolisId: string): Promise<void> {
  await nexus.store.transaction((tx) => abandonVmm(nexus, tx, propolisId));
  nexus.tasks.activate(ABANDONED_VMM_REAPER);
}

async function markStarting(nexus: NexusContext, params: InstanceStartParams): Promise<void> {
  const { instanceId, propolisId, from } = params;
  await nexus.store.transaction(async (tx) => {
    const instance = await tx
      .selectFrom("instance")
      .select(["state", "active_propolis_id"])
      .where("id", "=", instanceId)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (instance?.active_propolis_id === propolisId) return;
    if (instance?.state !== from) throw conflict("the instance changed while it was being started");
    await refuseMovingIps(tx, instanceId);
    await tx
      .updateTable("instance")
      .set((eb) => ({
        state: "vmm",
        active_propolis_id: propolisId,
        intended_state: "running",
        time_state_updated: nowText(nexus),
        state_gen: eb("state_gen", "+", 1),
      }))
      .where("id", "=", instanceId)
      .execute();
  });
  nexus.tasks.activate(V2P_MANAGER);
}

async function unmarkStarting(nexus: NexusContext, params: InstanceStartParams): Promise<void> {
  const { instanceId, propolisId, from, intendedBefore } = params;
  await nexus.store.db
    .updateTable("instance")
    .set((eb) => ({
      state: from,
      active_propolis_id: null,
      intended_state: intendedBefore,
      time_state_updated: nowText(nexus),
      state_gen: eb("state_gen", "+", 1),
    }))
    .where("id", "=", instanceId)
    .where("active_propolis_id", "=", propolisId)
    .execute();
  nexus.tasks.activate(V2P_MANAGER);
}

/** The VMM may have failed, been released, and another one be running by now. */
async function isOurs(tx: Tx, instanceId: string, propolisId: string): Promise<boolean> {
  const ours = await tx
    .selectFrom("instance")
    .select("id")
    .where("id", "=", instanceId)
    .where("active_propolis_id", "=", propolisId)
    .executeTakeFirst();
  return ours !== undefined;
}

/** Only while the instance is still ours. */
async function removeOwnNat(nexus: NexusContext, instanceId: string, propolisId: string): Promise<void> {
  const removed = await nexus.store.transaction(async (tx) => {
    return (await isOurs(tx, instanceId, propolisId)) ? removeInstanceNatIn(nexus, tx, { instanceId }) : 0;
  });
  if (removed > 0) nexus.natChanged();
}

/** Only while the instance is still ours. */
async function changeMembers(
  nexus: NexusContext,
  { instanceId, propolisId }: InstanceStartParams,
  change: (tx: Tx) => Promise<boolean>,
): Promise<void> {
  const changed = await nexus.store.transaction(async (tx) => {
    return (await isOurs(tx, instanceId, propolisId)) && (await change(tx));
  });
  if (changed) nexus.multicastChanged();
}

async function run(nexus: NexusContext, sledId: string, instanceId: string, propolisId: string): Promise<void> {
  const instance = await getInstance(nexus, instanceId);
  if (await hasStarted(nexus, propolisId)) return;
  if (instance.intended_state === "stopped") throw conflict("the instance was stopped while it was being started");
  try {
    await askSled(nexus, sledId, (agent) =>
      agent.vmm_put_state({ path: { propolis_id: propolisId }, body: { state: { type: "running" } } }),
    );
  } catch (error) {
    // Stopped or failed in the meantime, and said so: what follows from that is the update saga's work.
    if (error instanceof NoSuchVmmError && (await hasStarted(nexus, propolisId))) return;
    throw error;
  }
}

async function hasStarted(nexus: NexusContext, propolisId: string): Promise<boolean> {
  const { state, time_deleted } = await getVmm(nexus, propolisId);
  return time_deleted !== null || (state !== "creating" && state !== "starting");
}

function getVmm(nexus: NexusContext, propolisId: string) {
  return nexus.store.db
    .selectFrom("vmm")
    .select(["state", "time_deleted"])
    .where("id", "=", propolisId)
    .executeTakeFirstOrThrow();
}
