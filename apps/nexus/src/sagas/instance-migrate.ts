/**
 * Sets a live migration going: room and a VMM on the destination, the record of the migration, and the order to the new VMM
 * to take over the guest. How it ends is told by the sled-agents of both ends, and is the update saga's work. Taken back,
 * the instance runs on where it was.
 */
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { conflict } from "../errors.ts";
import { refuseMovingIps } from "../external-ip/moving.ts";
import { endMigration, failMigrationsOf, insertMigration } from "../instance/migration-record.ts";
import { getInstance } from "../instance/record.ts";
import { registerVmm } from "../instance/register-vmm.ts";
import { requestMigration } from "../instance/request-migration.ts";
import { abandonVmm, insertVmm, unregisterVmm } from "../instance/vmm-record.ts";
import { propolisAddress } from "../sled/propolis-address.ts";
import { releaseSled, reserveDestination } from "../sled/reserve.ts";
import { ABANDONED_VMM_REAPER, INSTANCE_UPDATER } from "../tasks/names.ts";

export interface InstanceMigrateParams {
  readonly instanceId: string;
  readonly migrationId: string;
  /** The VMM that has the guest. */
  readonly sourceId: string;
  /** The one that is to have it: made by this saga. */
  readonly targetId: string;
  readonly sledId: string;
}

type Params = InstanceMigrateParams;

export const instanceMigrate = defineSaga("instance-migrate", (saga: SagaBuilder<Params, NexusContext>) => {
  const { instanceId, migrationId, targetId, sledId } = saga.params;

  saga.node("dst_sled_id", {
    do: ({ services, params }) => reserve(services, params),
    undo: ({ services }) => services.store.transaction((tx) => releaseSled(tx, targetId)),
  });
  const address = saga.node("dst_propolis_ip", {
    do: ({ services }) => services.store.transaction((tx) => propolisAddress(tx, sledId, targetId)),
  });
  saga.node("dst_vmm_record", {
    do: ({ services, params, output }) => makeVmm(services, params, output(address)),
    undo: ({ services }) => abandon(services, targetId),
  });
  saga.node("migration_record", {
    do: ({ services, params }) => makeMigration(services, params),
    undo: ({ services, params }) => failMigration(services, params),
  });
  saga.node("set_migration_ids", {
    do: ({ services, params }) => setMigrationIds(services, params),
    undo: ({ services, params }) => clearMigrationIds(services, params),
  });
  saga.node("ensure_destination", {
    do: ({ services }) => registerVmm(services, { vmmId: targetId, instanceId, sledId, migrationId }),
    undo: ({ services }) => unregisterVmm(services, sledId, targetId),
  });
  saga.node("instance_migrate", {
    do: ({ services, params }) => requestMigration(services, params.targetId),
  });
});

async function reserve(nexus: NexusContext, { instanceId, sourceId, targetId, sledId }: Params): Promise<void> {
  const { ncpus: threads, memory_bytes: memory, cpu_platform: cpuPlatform } = await getInstance(nexus, instanceId);
  await nexus.store.transaction(async (tx) => {
    const { cpu_family: runsOn } = await tx
      .selectFrom("vmm")
      .innerJoin("sled", "sled.id", "vmm.sled_id")
      .select("sled.cpu_family")
      .where("vmm.id", "=", sourceId)
      .executeTakeFirstOrThrow();
    await reserveDestination(nexus, tx, { vmmId: targetId, sledId, need: { threads, memory, cpuPlatform, runsOn } });
  });
}

async function makeVmm(nexus: NexusContext, params: Params, propolisAddress: string): Promise<void> {
  const { instanceId, targetId: id, sledId } = params;
  await nexus.store.transaction((tx) => insertVmm(nexus, tx, { id, instanceId, sledId, propolisAddress }));
}

async function abandon(nexus: NexusContext, targetId: string): Promise<void> {
  await nexus.store.transaction((tx) => abandonVmm(nexus, tx, targetId));
  nexus.tasks.activate(ABANDONED_VMM_REAPER);
}

async function makeMigration(nexus: NexusContext, params: Params): Promise<void> {
  const { migrationId: id, instanceId, sourceId, targetId } = params;
  await nexus.store.transaction((tx) => insertMigration(nexus, tx, { id, instanceId, sourceId, targetId }));
}

async function failMigration(nexus: NexusContext, { migrationId, targetId }: Params): Promise<void> {
  await nexus.store.transaction(async (tx) => {
    await failMigrationsOf(nexus, tx, targetId);
    await endMigration(nexus, tx, migrationId);
  });
}

/** Only while the guest is where the request saw it, runs, and goes nowhere else. */
async function setMigrationIds(nexus: NexusContext, params: Params): Promise<void> {
  const { instanceId, migrationId, sourceId, targetId } = params;
  await nexus.store.transaction(async (tx) => {
    const instance = await tx
      .selectFrom("instance")
      .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
      .select(["instance.migration_id", "vmm.id as activeId", "vmm.state"])
      .where("instance.id", "=", instanceId)
      .where("instance.time_deleted", "is", null)
      .executeTakeFirst();
    if (instance?.migration_id === migrationId) return;
    if (instance === undefined || instance.activeId !== sourceId) {
      throw conflict("the instance changed while its migration was being set up");
    }
    if (instance.migration_id !== null) throw conflict("instance is already migrating");
    if (instance.state !== "running" && instance.state !== "rebooting") {
      throw conflict(`the instance's VMM is ${instance.state}: only one that runs can migrate`);
    }
    await refuseMovingIps(tx, instanceId);
    await tx
      .updateTable("instance")
      .set((eb) => ({
        migration_id: migrationId,
        target_propolis_id: targetId,
        time_state_updated: nowText(nexus),
        state_gen: eb("state_gen", "+", 1),
      }))
      .where("id", "=", instanceId)
      .execute();
  });
}

async function clearMigrationIds(nexus: NexusContext, { instanceId, migrationId }: Params): Promise<void> {
  await nexus.store.db
    .updateTable("instance")
    .set((eb) => ({
      migration_id: null,
      target_propolis_id: null,
      time_state_updated: nowText(nexus),
      state_gen: eb("state_gen", "+", 1),
    }))
    .where("id", "=", instanceId)
    .where("migration_id", "=", migrationId)
    .execute();
  // The source may have ended while its end had to wait for the target's word.
  nexus.tasks.activate(INSTANCE_UPDATER);
}
