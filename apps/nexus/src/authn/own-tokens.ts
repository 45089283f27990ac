/** The caller's access tokens, without their secrets. */
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { paginateBy } from "../db/paginate.ts";
import { notFoundById } from "../errors.ts";
import type { OpContext } from "../op-context.ts";
import { callingUser } from "./caller.ts";

export interface OwnToken {
  readonly id: string;
  readonly time_created: string;
  readonly time_expires: string | null;
}

/** Those that still work, by id. */
export async function listOwnTokens(
  nexus: NexusContext,
  op: OpContext,
  page: { readonly limit: number; readonly lastSeen: string | undefined },
): Promise<OwnToken[]> {
  const query = nexus.store.db
    .selectFrom("device_access_token")
    .select(["id", "time_created", "time_expires"])
    .where("silo_user_id", "=", callingUser(op).siloUserId)
    .where((eb) => eb.or([eb("time_expires", "is", null), eb("time_expires", ">", nowText(nexus))]));
  return paginateBy(query, "id", page).execute();
}

/** Throws not-found for anything but a token of the caller. */
export async function deleteOwnToken(nexus: NexusContext, op: OpContext, id: string): Promise<void> {
  const result = await nexus.store.db
    .deleteFrom("device_access_token")
    .where("id", "=", id)
    .where("silo_user_id", "=", callingUser(op).siloUserId)
    .executeTakeFirst();
  if (result.numDeletedRows === 0n) throw notFoundById("device-access-token", id);
}
