import { SagaRefusedError, type StartedSaga } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { instanceUpdate } from "../sagas/instance-update.ts";
import { instanceFacts } from "./update-facts.ts";
import { planInstanceUpdate } from "./update-plan.ts";

/**
 * Starts the saga that lets the instance follow what became of its VMMs; resolves when it is recorded. Undefined when there
 * is nothing to follow, another one is at it, or no more sagas fit now: the task `instance_updater` comes back to it.
 */
export async function startInstanceUpdate(
  nexus: NexusContext,
  instanceId: string,
): Promise<StartedSaga<undefined> | undefined> {
  const { db } = nexus.store;
  const facts = await instanceFacts(db, instanceId);
  if (facts === undefined || planInstanceUpdate(facts) === null) return undefined;
  const free = await db
    .selectFrom("instance")
    .select("id")
    .where("id", "=", instanceId)
    .where("updater_id", "is", null)
    .executeTakeFirst();
  if (free === undefined) return undefined;
  try {
    return await nexus.sagas.start(instanceUpdate, { instanceId });
  } catch (error) {
    if (!(error instanceof SagaRefusedError)) throw error;
    nexus.world.log.warn({ instance: instanceId, err: error }, "the update of an instance has to wait");
    return undefined;
  }
}
