/** Gives external addresses back. Every function may be called again: what is gone stays gone. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";

/** For source NAT blocks, and for addresses that a failed saga took. False when it was already given back or never existed. */
export async function deallocate(nexus: NexusContext, id: string): Promise<boolean> {
  const { numUpdatedRows } = await nexus.store.db
    .updateTable("external_ip")
    .set({ time_deleted: nowText(nexus) })
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * When an instance is deleted: its source NAT blocks and ephemeral addresses are given back, its floating IPs become
 * detached whatever attach or detach is under way (which then finds out when it completes).
 */
export async function releaseAllOfInstance(nexus: NexusContext, instanceId: string): Promise<void> {
  const now = nowText(nexus);
  await nexus.store.transaction((tx) => releaseAllOfInstanceIn(tx, now, instanceId));
}

/** The same within the caller's transaction. */
export async function releaseAllOfInstanceIn(
  tx: Transaction<NexusTables>,
  now: string,
  instanceId: string,
): Promise<void> {
  const live = () =>
    tx.updateTable("external_ip").where("parent_id", "=", instanceId).where("time_deleted", "is", null);
  await live().where("kind", "<>", literal("floating")).set({ time_deleted: now }).execute();
  await live()
    .where("kind", "=", literal("floating"))
    .set({ parent_id: null, state: "detached", time_modified: now })
    .execute();
}
