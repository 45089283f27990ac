/** The SSH keys of the caller. */
import type { Selectable } from "kysely";
import { UniqueViolation } from "@racklet/store";
import { callingUser } from "../authn/caller.ts";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import type { SshKeyTable } from "../db/schema.ts";
import { alreadyExists, notFoundById, notFoundByName } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";

export type SshKeyRow = Selectable<SshKeyTable>;

export async function listSshKeys(nexus: NexusContext, op: OpContext, paging: Paging): Promise<SshKeyRow[]> {
  return paginate(liveKeys(nexus, op), paging).execute();
}

/** Throws not-found for anything but a key of the caller. */
export async function getSshKey(nexus: NexusContext, op: OpContext, selector: Selector): Promise<SshKeyRow> {
  const keys = liveKeys(nexus, op);
  const query = "id" in selector ? keys.where("id", "=", selector.id) : keys.where("name", "=", selector.name);
  const row = await query.executeTakeFirst();
  if (row !== undefined) return row;
  throw "id" in selector ? notFoundById("ssh-key", selector.id) : notFoundByName("ssh-key", selector.name);
}

export async function createSshKey(
  nexus: NexusContext,
  op: OpContext,
  key: { readonly name: string; readonly description: string; readonly publicKey: string },
): Promise<SshKeyRow> {
  const now = nowText(nexus);
  const row: SshKeyRow = {
    id: nexus.world.ids.uuid(),
    name: key.name,
    description: key.description,
    time_created: now,
    time_modified: now,
    time_deleted: null,
    silo_user_id: callingUser(op).siloUserId,
    public_key: key.publicKey,
  };
  try {
    await nexus.store.db.insertInto("ssh_key").values(row).execute();
  } catch (error) {
    if (error instanceof UniqueViolation) throw alreadyExists("ssh-key", key.name);
    throw error;
  }
  return row;
}

export async function deleteSshKey(nexus: NexusContext, op: OpContext, selector: Selector): Promise<void> {
  const { id } = await getSshKey(nexus, op, selector);
  const now = nowText(nexus);
  await nexus.store.db
    .updateTable("ssh_key")
    .set({ time_deleted: now, time_modified: now })
    .where("id", "=", id)
    .execute();
}

function liveKeys(nexus: NexusContext, op: OpContext) {
  return nexus.store.db
    .selectFrom("ssh_key")
    .selectAll()
    .where("silo_user_id", "=", callingUser(op).siloUserId)
    .where("time_deleted", "is", null);
}
