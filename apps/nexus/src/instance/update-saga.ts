import { SagaRefusedError, type StartedSaga } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { instanceUpdate } from "../sagas/instance-update.ts";

/**
 * Starts the saga that releases what an ended VMM held; resolves when it is recorded. Undefined when there is nothing to
 * release, another one is at it, or no more sagas fit now: the task `instance_updater` comes back to it.
 */
export async function startInstanceUpdate(
  nexus: NexusContext,
  instanceId: string,
  propolisId: string,
): Promise<StartedSaga<undefined> | undefined> {
  const due = await nexus.store.db
    .selectFrom("instance")
    .select("id")
    .where("id", "=", instanceId)
    .where("active_propolis_id", "=", propolisId)
    .where("updater_id", "is", null)
    .executeTakeFirst();
  if (due === undefined) return undefined;
  try {
    return await nexus.sagas.start(instanceUpdate, { instanceId, propolisId });
  } catch (error) {
    if (!(error instanceof SagaRefusedError)) throw error;
    nexus.world.log.warn({ instance: instanceId, err: error }, "the release of an ended VMM has to wait");
    return undefined;
  }
}
