/**
 * Lets an instance follow what became of its VMMs: one that ended is released, one that the guest moved to takes its place.
 * What to do is planned from the rows, and done, in one transaction.
 */
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { commitInstanceUpdate, unlockInstance } from "../instance/update-commit.ts";
import { instanceFacts } from "../instance/update-facts.ts";
import { planInstanceUpdate } from "../instance/update-plan.ts";
import { INSTANCE_UPDATER } from "../tasks/names.ts";

export interface InstanceUpdateParams {
  readonly instanceId: string;
}

export const instanceUpdate = defineSaga("instance-update", (saga: SagaBuilder<InstanceUpdateParams, NexusContext>) => {
  const { instanceId } = saga.params;
  saga.node("become_updater", {
    do: ({ services, sagaId }) => becomeUpdater(services, instanceId, sagaId),
    undo: ({ services, sagaId }) => unlockInstance(services.store.db, instanceId, sagaId),
  });
  saga.node("commit", {
    do: async ({ services, sagaId }) => {
      await commitInstanceUpdate(services, instanceId, sagaId);
      await chain(services, instanceId);
    },
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

/** Whoever brought news while the instance was locked left it to the one that had the lock. */
async function chain(nexus: NexusContext, instanceId: string): Promise<void> {
  const facts = await instanceFacts(nexus.store.db, instanceId);
  if (facts !== undefined && planInstanceUpdate(facts) !== null) nexus.tasks.activate(INSTANCE_UPDATER);
}
