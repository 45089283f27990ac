/** Releases what an ended VMM held: its NAT entries, its room on the sled, and the instance itself, which may then start again. */
import type { Transaction } from "kysely";
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { conflict, NexusError } from "../errors.ts";
import { isTerminal } from "../instance/run-state.ts";
import { removeInstanceNatIn } from "../nat/instance.ts";
import { releaseSled } from "../sled/reserve.ts";

export interface InstanceUpdateParams {
  readonly instanceId: string;
  readonly propolisId: string;
}

export const instanceUpdate = defineSaga("instance-update", (saga: SagaBuilder<InstanceUpdateParams, NexusContext>) => {
  const { instanceId, propolisId } = saga.params;
  saga.node("become_updater", {
    do: ({ services, sagaId }) => becomeUpdater(services, instanceId, sagaId),
    undo: ({ services, sagaId }) => stepDown(services, instanceId, sagaId),
  });
  saga.node("commit", {
    do: ({ services, sagaId }) => commit(services, instanceId, propolisId, sagaId),
  });
});

async function becomeUpdater(nexus: NexusContext, instanceId: string, sagaId: string): Promise<void> {
  const { numUpdatedRows } = await nexus.store.db
    .updateTable("instance")
    .set((eb) => ({ updater_id: sagaId, updater_gen: eb("updater_gen", "+", 1) }))
    .where("id", "=", instanceId)
    .where((eb) => eb.or([eb("updater_id", "is", null), eb("updater_id", "=", sagaId)]))
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw conflict(`another saga is updating instance ${instanceId}`);
}

async function stepDown(nexus: NexusContext, instanceId: string, sagaId: string): Promise<void> {
  await nexus.store.db
    .updateTable("instance")
    .set({ updater_id: null })
    .where("id", "=", instanceId)
    .where("updater_id", "=", sagaId)
    .execute();
}

/** One transaction: a reader sees the VMM with all it holds, or the stopped instance with nothing. */
async function commit(nexus: NexusContext, instanceId: string, propolisId: string, sagaId: string): Promise<void> {
  const removed = await nexus.store.transaction(async (tx) => {
    const mine = await tx
      .selectFrom("instance")
      .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
      .select(["vmm.state"])
      .where("instance.id", "=", instanceId)
      .where("instance.active_propolis_id", "=", propolisId)
      .executeTakeFirst();
    if (mine !== undefined && !isTerminal(mine.state)) {
      throw new NexusError("internal", `VMM ${propolisId} is ${mine.state}, not at its end`);
    }
    const entries = mine === undefined ? 0 : await release(nexus, tx, instanceId, propolisId, mine.state === "failed");
    await tx
      .updateTable("instance")
      .set({ updater_id: null })
      .where("id", "=", instanceId)
      .where("updater_id", "=", sagaId)
      .execute();
    return entries;
  });
  if (removed > 0) nexus.natChanged();
}

async function release(
  nexus: NexusContext,
  tx: Transaction<NexusTables>,
  instanceId: string,
  propolisId: string,
  failed: boolean,
): Promise<number> {
  const now = nowText(nexus);
  await tx
    .updateTable("instance")
    .set((eb) => ({
      state: failed ? "failed" : "no_vmm",
      active_propolis_id: null,
      time_state_updated: now,
      state_gen: eb("state_gen", "+", 1),
      // A guest that shut itself down is meant to be off; one that failed is still meant to run.
      ...(failed ? {} : { intended_state: "stopped" as const }),
    }))
    .where("id", "=", instanceId)
    .execute();
  await tx.updateTable("vmm").set({ time_deleted: now }).where("id", "=", propolisId).execute();
  await releaseSled(tx, propolisId);
  return removeInstanceNatIn(nexus, tx, { instanceId });
}
