/**
 * What a new database starts with: the rack, upstream's default silo with its two built-in users, and the silo people log in
 * to. Safe to run at every start and by several processes: what exists, or existed and was deleted, is left alone.
 */
import type { Transaction } from "kysely";
import { FLEET_ID } from "../authz/roles.ts";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { insertSilo, type NewSilo } from "../silo/silo.ts";
import { populateDefaultPools } from "./default-pools.ts";

export const DEFAULT_SILO_ID = "001de000-5110-4000-8000-000000000000";
export const PRIVILEGED_USER_ID = "001de000-05e4-4000-8000-000000004007";
export const UNPRIVILEGED_USER_ID = "001de000-05e4-4000-8000-000000060001";

export const FIRST_SILO = "test-suite-silo";
export const FIRST_USER = "test-privileged";

/** No limit that anybody meets, and still an exact number in JavaScript. */
const AMPLE = { cpus: 9_999_999_999, memoryBytes: 2 ** 52, storageBytes: 2 ** 52 } as const;

export async function populate(nexus: NexusContext): Promise<void> {
  const { store, config } = nexus;
  const now = nowText(nexus);
  await store.db
    .insertInto("rack")
    .values({ id: config.rackId, time_created: now, time_modified: now, initialized: 1 })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await store.transaction((tx) => populateDefaultSilo(tx, now));
  const firstSilo = await populateFirstSilo(nexus, now);
  if (config.populateDefaultPools && firstSilo !== undefined) await populateDefaultPools(nexus, firstSilo);
}

async function populateDefaultSilo(tx: Transaction<NexusTables>, now: string): Promise<void> {
  const exists = await tx.selectFrom("silo").select("id").where("id", "=", DEFAULT_SILO_ID).executeTakeFirst();
  if (exists !== undefined) return;
  await insertSilo(tx, { id: DEFAULT_SILO_ID, ...newSilo("default-silo", "default silo", false) }, now);
  await insertUser(
    tx,
    { id: PRIVILEGED_USER_ID, siloId: DEFAULT_SILO_ID, name: "privileged", passwordHash: null },
    now,
  );
  await insertUser(
    tx,
    { id: UNPRIVILEGED_USER_ID, siloId: DEFAULT_SILO_ID, name: "unprivileged", passwordHash: null },
    now,
  );
  await assignAdmin(tx, PRIVILEGED_USER_ID, { type: "fleet", id: FLEET_ID });
  await assignAdmin(tx, PRIVILEGED_USER_ID, { type: "silo", id: DEFAULT_SILO_ID });
}

/** The id of the first silo; undefined when it was deleted. */
async function populateFirstSilo(nexus: NexusContext, now: string): Promise<string | undefined> {
  const { store, world, config } = nexus;
  const known = await store.db
    .selectFrom("silo")
    .select(["id", "time_deleted"])
    .where("name", "=", FIRST_SILO)
    .orderBy("time_created", "desc")
    .executeTakeFirst();
  if (known !== undefined) return known.time_deleted === null ? known.id : undefined;
  const passwordHash = await nexus.passwords.hash(config.initialPassword);
  const siloId = world.ids.uuid();
  const userId = world.ids.uuid();
  return store.transaction(async (tx) => {
    // Another process may have been faster.
    const exists = await tx.selectFrom("silo").select("id").where("name", "=", FIRST_SILO).executeTakeFirst();
    if (exists !== undefined) return exists.id;
    const silo = newSilo(FIRST_SILO, "built-in silo for the first users", true);
    await insertSilo(tx, { id: siloId, ...silo, mappedFleetRoles: { admin: ["admin"] } }, now);
    await insertUser(tx, { id: userId, siloId, name: FIRST_USER, passwordHash }, now);
    await assignAdmin(tx, userId, { type: "silo", id: siloId });
    return siloId;
  });
}

function newSilo(name: string, description: string, discoverable: boolean): NewSilo {
  return {
    name,
    description,
    discoverable,
    identityMode: "local_only",
    adminGroupName: null,
    mappedFleetRoles: {},
    quotas: AMPLE,
  };
}

interface NewUser {
  readonly id: string;
  readonly siloId: string;
  readonly name: string;
  readonly passwordHash: string | null;
}

async function insertUser(tx: Transaction<NexusTables>, user: NewUser, now: string): Promise<void> {
  await tx
    .insertInto("silo_user")
    .values({
      id: user.id,
      silo_id: user.siloId,
      external_id: user.name,
      password_hash: user.passwordHash,
      time_created: now,
      time_modified: now,
      time_deleted: null,
    })
    .execute();
}

async function assignAdmin(
  tx: Transaction<NexusTables>,
  userId: string,
  resource: { readonly type: "fleet" | "silo"; readonly id: string },
): Promise<void> {
  await tx
    .insertInto("role_assignment")
    .values({
      resource_type: resource.type,
      resource_id: resource.id,
      role_name: "admin",
      identity_type: "silo_user",
      identity_id: userId,
    })
    .execute();
}
