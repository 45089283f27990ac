/**
 * What an instance's life does to its memberships. Each runs in the transaction that changes the instance and answers whether
 * anything changed: the caller then says so with `nexus.multicastChanged()` after the commit.
 */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { MulticastMemberState, NexusTables } from "../db/schema.ts";
import { takeMulticastGeneration } from "./generation.ts";

type Tx = Transaction<NexusTables>;

/**
 * The instance runs, or is about to, on the sled: dormant memberships wake, the others follow it there. Those of a group that is
 * still being created stay dormant: the reconciler wakes them when it is active.
 */
export async function placeMembers(nexus: NexusContext, tx: Tx, instanceId: string, sledId: string): Promise<boolean> {
  const members = await tx
    .selectFrom("multicast_group_member as m")
    .innerJoin("multicast_group as g", "g.id", "m.external_group_id")
    .select(["m.id", "m.state", "m.sled_id", "g.state as group_state"])
    .where("m.parent_id", "=", instanceId)
    .where("m.time_deleted", "is", null)
    .execute();
  const moved = members.filter(({ state, sled_id, group_state }) =>
    state === "left" ? group_state === "active" : sled_id !== sledId,
  );
  if (moved.length === 0) return false;
  const woken = moved.filter(({ state }) => state === "left").map(({ id }) => id);
  const followed = moved.filter(({ state }) => state !== "left").map(({ id }) => id);
  if (woken.length > 0) await update(nexus, tx, woken, { state: "joining", sled_id: sledId });
  if (followed.length > 0) await update(nexus, tx, followed, { sled_id: sledId });
  await takeMulticastGeneration(tx);
  return true;
}

/** The instance has no VMM any more: its memberships are kept, with their sources, until it starts again. */
export async function restMembers(nexus: NexusContext, tx: Tx, instanceId: string): Promise<boolean> {
  const awake = await tx
    .selectFrom("multicast_group_member")
    .select("id")
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .where((eb) => eb.or([eb("state", "<>", "left"), eb("sled_id", "is not", null)]))
    .execute();
  if (awake.length === 0) return false;
  await update(
    nexus,
    tx,
    awake.map(({ id }) => id),
    { state: "left", sled_id: null },
  );
  await takeMulticastGeneration(tx);
  return true;
}

async function update(
  nexus: NexusContext,
  tx: Tx,
  ids: readonly string[],
  columns: { readonly state?: MulticastMemberState; readonly sled_id: string | null },
): Promise<void> {
  await tx
    .updateTable("multicast_group_member")
    .set({ ...columns, time_modified: nowText(nexus) })
    .where("id", "in", ids)
    .execute();
}
