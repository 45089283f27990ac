/** The users of a silo, as its members see them, and the users that the system itself manages. */
import type { Selectable } from "kysely";
import { UniqueViolation } from "@racklet/store";
import { authorize, mayDo, type Action } from "../authz/authorize.ts";
import { callingUser } from "../authn/caller.ts";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { paginateBy } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { SiloTable, SiloUserTable } from "../db/schema.ts";
import { alreadyExists, notFoundById, notFoundByName } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupSilo } from "../lookup/silo.ts";

export type UserRow = Selectable<SiloUserTable>;

export interface CurrentUser {
  readonly user: UserRow;
  readonly siloName: string;
  readonly isFleetViewer: boolean;
  readonly isSiloAdmin: boolean;
}

export async function getCurrentUser(nexus: NexusContext, op: OpContext): Promise<CurrentUser> {
  const { siloUserId, siloId } = callingUser(op);
  const [user, silo, isFleetViewer, isSiloAdmin] = await Promise.all([
    findUser(nexus, siloUserId),
    nexus.store.db.selectFrom("silo").select("name").where("id", "=", siloId).executeTakeFirstOrThrow(),
    mayDo(nexus, op, "read", { type: "fleet" }),
    mayDo(nexus, op, "modify", { type: "silo", id: siloId }),
  ]);
  if (user === undefined) throw notFoundById("silo-user", siloUserId);
  return { user, siloName: silo.name, isFleetViewer, isSiloAdmin };
}

/** Of the caller's silo, by id. */
export async function listUsers(
  nexus: NexusContext,
  op: OpContext,
  page: { readonly limit: number; readonly lastSeen: string | undefined },
): Promise<UserRow[]> {
  const { siloId } = callingUser(op);
  await authorize(nexus, op, "list_children", { type: "silo-user", siloId });
  const query = nexus.store.db
    .selectFrom("silo_user")
    .selectAll()
    .where("silo_id", "=", siloId)
    .where("time_deleted", "is", null);
  return paginateBy(query, "id", page).execute();
}

/** A user of the caller's silo. */
export async function getUser(nexus: NexusContext, op: OpContext, id: string): Promise<UserRow> {
  return lookupUser(nexus, op, { siloId: callingUser(op).siloId, id }, "read");
}

/** `password` is null for a user who cannot log in with one. */
export async function createLocalUser(
  nexus: NexusContext,
  op: OpContext,
  siloSelector: Selector,
  { externalId, password }: { readonly externalId: string; readonly password: string | null },
): Promise<UserRow> {
  const silo = await lookupLocalSilo(nexus, op, siloSelector);
  await authorize(nexus, op, "create_child", { type: "silo-user", siloId: silo.id });
  const now = nowText(nexus);
  const row: UserRow = {
    id: nexus.world.ids.uuid(),
    silo_id: silo.id,
    external_id: externalId,
    password_hash: password === null ? null : await nexus.passwords.hash(password),
    time_created: now,
    time_modified: now,
    time_deleted: null,
  };
  try {
    await nexus.store.transaction(async (tx) => {
      await requireLive(tx, "silo", silo.id);
      await tx.insertInto("silo_user").values(row).execute();
    });
  } catch (error) {
    if (error instanceof UniqueViolation) throw alreadyExists("silo-user", externalId);
    throw error;
  }
  return row;
}

/** Ends the user's sessions and tokens and takes away the roles. */
export async function deleteLocalUser(
  nexus: NexusContext,
  op: OpContext,
  siloSelector: Selector,
  id: string,
): Promise<void> {
  const silo = await lookupLocalSilo(nexus, op, siloSelector);
  await lookupUser(nexus, op, { siloId: silo.id, id }, "delete");
  const now = nowText(nexus);
  await nexus.store.transaction(async (tx) => {
    await tx.deleteFrom("console_session").where("silo_user_id", "=", id).execute();
    await tx.deleteFrom("device_access_token").where("silo_user_id", "=", id).execute();
    await tx
      .deleteFrom("role_assignment")
      .where("identity_type", "=", "silo_user")
      .where("identity_id", "=", id)
      .execute();
    await tx
      .updateTable("ssh_key")
      .set({ time_deleted: now, time_modified: now })
      .where("silo_user_id", "=", id)
      .where("time_deleted", "is", null)
      .execute();
    await tx.updateTable("silo_user").set({ time_deleted: now, time_modified: now }).where("id", "=", id).execute();
  });
}

/** Sessions begun with the old password go on, as upstream's do. */
export async function setLocalPassword(
  nexus: NexusContext,
  op: OpContext,
  siloSelector: Selector,
  { id, password }: { readonly id: string; readonly password: string | null },
): Promise<void> {
  const silo = await lookupLocalSilo(nexus, op, siloSelector);
  await lookupUser(nexus, op, { siloId: silo.id, id }, "modify");
  await nexus.store.db
    .updateTable("silo_user")
    .set({
      password_hash: password === null ? null : await nexus.passwords.hash(password),
      time_modified: nowText(nexus),
    })
    .where("id", "=", id)
    .execute();
}

async function lookupLocalSilo(nexus: NexusContext, op: OpContext, selector: Selector): Promise<SiloTable> {
  const silo = await lookupSilo(nexus, op, selector, "read");
  // As if it were one provider among others: in such a silo the system itself is none.
  if (silo.identity_mode !== "local_only") throw notFoundByName("identity-provider", "local");
  return silo;
}

async function lookupUser(
  nexus: NexusContext,
  op: OpContext,
  { siloId, id }: { readonly siloId: string; readonly id: string },
  action: Action,
): Promise<UserRow> {
  const missing = notFoundById("silo-user", id);
  const user = await findUser(nexus, id);
  if (user === undefined || user.silo_id !== siloId) throw missing;
  await authorize(nexus, op, action, { type: "silo-user", id, siloId }, missing);
  return user;
}

async function findUser(nexus: NexusContext, id: string): Promise<UserRow | undefined> {
  return nexus.store.db
    .selectFrom("silo_user")
    .selectAll()
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
}
