/** Tells the sled-agent of a migration's target to begin: by the saga, and again by the watcher when that got lost. */
import type { NexusContext } from "../context.ts";
import { NexusError } from "../errors.ts";
import { askSled, NoSuchVmmError } from "../peers/sled-agent.ts";

/**
 * Resolves also when nobody knows whether the sled-agent heard it: then the guest may be on its way, and must not be stopped
 * on either side. The watcher asks again. Throws what the sled-agent refuses.
 */
export async function requestMigration(nexus: NexusContext, targetId: string): Promise<void> {
  const migration = await findMigration(nexus, targetId);
  // It has begun, and may be over.
  if (migration === undefined || migration.targetState !== "pending") return;
  const value = { src_propolis_addr: migration.sourceAddress };
  try {
    await askSled(nexus, migration.sledId, (agent) =>
      agent.vmm_put_state({ path: { propolis_id: targetId }, body: { state: { type: "migration_target", value } } }),
    );
  } catch (error) {
    if (error instanceof NoSuchVmmError && (await findMigration(nexus, targetId))?.targetState !== "pending") return;
    if (!isUncertain(error)) throw error;
    nexus.world.log.warn({ vmm: targetId, err: error }, "nobody knows whether a migration began");
  }
}

function isUncertain(error: unknown): boolean {
  return error instanceof NexusError && (error.kind === "gateway-timeout" || error.kind === "bad-gateway");
}

function findMigration(nexus: NexusContext, targetId: string) {
  return nexus.store.db
    .selectFrom("migration")
    .innerJoin("vmm as source", "source.id", "migration.source_propolis_id")
    .innerJoin("vmm as target", "target.id", "migration.target_propolis_id")
    .select([
      "source.propolis_address as sourceAddress",
      "target.sled_id as sledId",
      "migration.target_state as targetState",
    ])
    .where("migration.target_propolis_id", "=", targetId)
    .where("migration.time_deleted", "is", null)
    .executeTakeFirst();
}
