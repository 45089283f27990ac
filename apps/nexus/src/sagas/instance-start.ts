/** Starts an instance: room on a sled and a VMM record, NAT, registration with the sled-agent, and the order to run. */
import type { Transaction } from "kysely";
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { InstanceTable, NexusTables } from "../db/schema.ts";
import { conflict, NexusError, unavailable } from "../errors.ts";
import { getInstance } from "../instance/record.ts";
import { vmmRegistration } from "../instance/registration.ts";
import { applyVmmReport } from "../instance/vmm-state.ts";
import { ensureInstanceNat, removeInstanceNatIn } from "../nat/instance.ts";
import { askSled, NoSuchVmmError } from "../peers/sled-agent.ts";
import { propolisAddress } from "../sled/propolis-address.ts";
import { releaseSled, reserveSled } from "../sled/reserve.ts";
import { ABANDONED_VMM_REAPER } from "../tasks/names.ts";

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
    undo: ({ services }) => abandonVmm(services, propolisId),
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
    do: ({ services, output }) => register(services, output(sled), instanceId, propolisId),
    undo: ({ services, output }) => unregister(services, output(sled), propolisId),
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
    const now = nowText(nexus);
    await tx
      .insertInto("vmm")
      .values({
        id: propolisId,
        instance_id: instanceId,
        sled_id: sledId,
        propolis_address: await propolisAddress(tx, sledId, propolisId),
        state: "creating",
        state_gen: 1,
        time_state_updated: now,
        failure_reason: null,
        time_created: now,
        time_deleted: null,
      })
      .execute();
    return sledId;
  });
}

// The record stays until the reaper has made sure that the sled does not have the VMM.
async function abandonVmm(nexus: NexusContext, propolisId: string): Promise<void> {
  await nexus.store.transaction(async (tx) => {
    await tx
      .updateTable("vmm")
      .set({ state: "saga_unwound", time_state_updated: nowText(nexus) })
      .where("id", "=", propolisId)
      .where("time_deleted", "is", null)
      .execute();
    await releaseSled(tx, propolisId);
  });
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
}

// An attach that began while the instance was off would not tell the sled; so the start waits for it.
async function refuseMovingIps(tx: Tx, instanceId: string): Promise<void> {
  const moving = await tx
    .selectFrom("external_ip")
    .select("ip")
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .where("state", "<>", "attached")
    .executeTakeFirst();
  if (moving === undefined) return;
  throw unavailable(`external IP ${moving.ip} is being attached or detached; try again when that is done`);
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
}

// Only while the instance is still ours: the VMM may have failed, been released, and another one be running by now.
async function removeOwnNat(nexus: NexusContext, instanceId: string, propolisId: string): Promise<void> {
  const removed = await nexus.store.transaction(async (tx) => {
    const ours = await tx
      .selectFrom("instance")
      .select("id")
      .where("id", "=", instanceId)
      .where("active_propolis_id", "=", propolisId)
      .executeTakeFirst();
    return ours === undefined ? 0 : removeInstanceNatIn(nexus, tx, { instanceId });
  });
  if (removed > 0) nexus.natChanged();
}

async function register(nexus: NexusContext, sledId: string, instanceId: string, propolisId: string): Promise<void> {
  const vmm = await getVmm(nexus, propolisId);
  // Run again after a crash: the VMM is registered, and may even be over.
  if (vmm.state !== "creating") return;
  const body = await vmmRegistration(nexus, instanceId, propolisId);
  const { vmm_state: state } = await askSled(nexus, sledId, (agent) =>
    agent.vmm_register({ path: { propolis_id: propolisId }, body }),
  );
  await applyVmmReport(nexus, propolisId, { state: state.state, gen: state.gen, timeUpdated: state.time_updated });
}

// A sled that cannot be reached now is asked again by the reaper.
async function unregister(nexus: NexusContext, sledId: string, propolisId: string): Promise<void> {
  try {
    await askSled(nexus, sledId, (agent) => agent.vmm_unregister({ path: { propolis_id: propolisId } }));
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    nexus.world.log.warn({ vmm: propolisId, sled: sledId, err: error }, "a VMM could not be unregistered");
  }
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
