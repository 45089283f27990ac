/** Moving a running instance to another sled. */
import type { NexusContext } from "../context.ts";
import { conflict, invalidRequest, notFoundById } from "../errors.ts";
import { instanceMigrate } from "../sagas/instance-migrate.ts";
import { getInstance, type InstanceRecord } from "./record.ts";

/** Resolves when the migration is under way: the instance is `migrating` until its sled-agents tell how it ended. */
export async function migrateInstance(
  nexus: NexusContext,
  instanceId: string,
  sledId: string,
): Promise<InstanceRecord> {
  const { sourceId } = await check(nexus, instanceId, sledId);
  const { ids } = nexus.world;
  const params = { instanceId, migrationId: ids.uuid(), sourceId, targetId: ids.uuid(), sledId };
  const saga = await nexus.sagas.start(instanceMigrate, params);
  await saga.result;
  return getInstance(nexus, instanceId);
}

/** What the saga would find out late. */
async function check(nexus: NexusContext, instanceId: string, sledId: string): Promise<{ sourceId: string }> {
  const instance = await getInstance(nexus, instanceId);
  // Before the state: the VMM of an instance that migrates may say that it does, or still that it runs.
  if (instance.migration_id !== null) throw conflict("instance is already migrating");
  const { active_propolis_id: sourceId, vmm_state: state, vmm_sled_id: current } = instance;
  if (sourceId === null || state !== "running") throw invalidRequest("instance must be running before it can migrate");
  if (current === sledId) throw invalidRequest("instance is already running on destination sled");
  const sled = await nexus.store.db
    .selectFrom("sled")
    .select(["policy", "provision_policy", "state"])
    .where("id", "=", sledId)
    .executeTakeFirst();
  if (sled === undefined) throw notFoundById("sled", sledId);
  if (sled.policy !== "in_service" || sled.state !== "active") {
    throw invalidRequest(`dst_sled_id: sled ${sledId} is not in service`);
  }
  if (sled.provision_policy !== "provisionable") {
    throw invalidRequest(`dst_sled_id: sled ${sledId} does not take instances: it is ${sled.provision_policy}`);
  }
  return { sourceId };
}
