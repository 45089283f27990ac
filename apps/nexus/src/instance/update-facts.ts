/** What the plan of an instance's update is made from, as one transaction sees it. */
import type { Kysely } from "kysely";
import type { NexusTables } from "../db/schema.ts";
import type { InstanceFacts } from "./update-plan.ts";

type Db = Pick<Kysely<NexusTables>, "selectFrom">;

/** Undefined: there never was such an instance. Of a deleted one, VMMs may be left. */
export async function instanceFacts(db: Db, instanceId: string): Promise<InstanceFacts | undefined> {
  const instance = await db
    .selectFrom("instance")
    .select(["active_propolis_id", "migration_id"])
    .where("id", "=", instanceId)
    .executeTakeFirst();
  if (instance === undefined) return undefined;
  const { active_propolis_id: activeId, migration_id: migrationId } = instance;
  const vmms = await db
    .selectFrom("vmm")
    .select(["id", "sled_id as sledId", "state"])
    .where("instance_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .orderBy("id")
    .execute();
  const migration =
    migrationId === null
      ? undefined
      : await db
          .selectFrom("migration")
          .select([
            "source_propolis_id as sourceId",
            "source_state as sourceState",
            "target_propolis_id as targetId",
            "target_state as targetState",
          ])
          .where("id", "=", migrationId)
          .executeTakeFirst();
  return {
    activeId,
    migration: migration ?? null,
    gaveGuestAway: activeId !== null && migrationId === null && (await hasGivenAway(db, instanceId, activeId)),
    vmms,
  };
}

// Migrations that are over count as well: the word of the source may come after that of a target that failed.
async function hasGivenAway(db: Db, instanceId: string, vmmId: string): Promise<boolean> {
  const given = await db
    .selectFrom("migration")
    .select("id")
    .where("instance_id", "=", instanceId)
    .where("source_propolis_id", "=", vmmId)
    .where("source_state", "=", "completed")
    .executeTakeFirst();
  return given !== undefined;
}
