/**
 * Carries out the actions of the table of states on the rows. Every change is guarded by the state that it was decided on: another
 * Nexus, or a user, may have been faster, and then nothing is done.
 */
import type { Transaction } from "kysely";
import type { NexusContext } from "../../context.ts";
import { nowText } from "../../db/now.ts";
import type { NexusTables } from "../../db/schema.ts";
import { takeMulticastGeneration } from "../generation.ts";
import { endEmptyGroups } from "../groups.ts";
import { multicastWriter } from "../writer.ts";
import { sledOf } from "./compile.ts";
import type { GroupRow, MemberRow } from "./rows.ts";
import type { GroupAction, MemberAction } from "./states.ts";

type Tx = Transaction<NexusTables>;

export interface GroupChange {
  readonly action: Extract<GroupAction, "markDeleting" | "deleteRows">;
  readonly group: GroupRow;
}

export interface MemberChange {
  readonly action: Exclude<MemberAction, "none" | "report">;
  readonly member: MemberRow;
}

/** Of a transaction. */
const BATCH = 200;

/** Answers which changes were done. */
export async function commitChanges(
  nexus: NexusContext,
  groups: readonly GroupChange[],
  members: readonly MemberChange[],
): Promise<{ groups: GroupChange[]; members: MemberChange[] }> {
  const done: { groups: GroupChange[]; members: MemberChange[] } = { groups: [], members: [] };
  for (const batch of batches(members)) {
    done.members.push(
      ...(await inBatch(nexus, batch, (tx, { action, member }) => changeMember(nexus, tx, action, member))),
    );
  }
  // Members first: the rows of a group go when its members' rows are gone.
  for (const batch of batches(groups)) {
    done.groups.push(
      ...(await inBatch(nexus, batch, (tx, { action, group }) => changeGroup(nexus, tx, action, group))),
    );
  }
  return done;
}

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += BATCH) yield items.slice(i, i + BATCH);
}

/** `change` answers whether it found what it expected, and whether what targets must hold has changed. */
function inBatch<T>(
  nexus: NexusContext,
  items: readonly T[],
  change: (tx: Tx, item: T) => Promise<{ done: boolean; intent: boolean }>,
): Promise<T[]> {
  return nexus.store.transaction(async (tx) => {
    const done: T[] = [];
    let intent = false;
    for (const item of items) {
      const result = await change(tx, item);
      if (result.done) done.push(item);
      intent ||= result.done && result.intent;
    }
    if (intent) await takeMulticastGeneration(tx);
    return done;
  });
}

async function changeGroup(
  nexus: NexusContext,
  tx: Tx,
  action: GroupChange["action"],
  { id, underlayId }: GroupRow,
): Promise<{ done: boolean; intent: boolean }> {
  if (action === "markDeleting") {
    // As the last leave does, unless it has been, or somebody has joined meanwhile.
    const ended = await endEmptyGroups(multicastWriter(nexus, tx), [id]);
    return { done: ended.length > 0, intent: false };
  }
  const members = await tx
    .selectFrom("multicast_group_member")
    .select("id")
    .where("external_group_id", "=", id)
    .limit(1)
    .executeTakeFirst();
  if (members !== undefined) return { done: false, intent: false };
  const { numDeletedRows } = await tx
    .deleteFrom("multicast_group")
    .where("id", "=", id)
    .where("state", "=", "deleting")
    .executeTakeFirst();
  if (numDeletedRows > 0n && underlayId !== null) {
    await tx.deleteFrom("underlay_multicast_group").where("id", "=", underlayId).execute();
  }
  return { done: numDeletedRows > 0n, intent: false };
}

async function changeMember(
  nexus: NexusContext,
  tx: Tx,
  action: MemberChange["action"],
  member: MemberRow,
): Promise<{ done: boolean; intent: boolean }> {
  const { id, state, sledId, deleted } = member;
  if (action === "deleteRow") {
    const { numDeletedRows } = await tx
      .deleteFrom("multicast_group_member")
      .where("id", "=", id)
      .where("time_deleted", "is not", null)
      .where("sled_id", "is", null)
      .executeTakeFirst();
    return { done: numDeletedRows > 0n, intent: false };
  }
  const now = nowText(nexus);
  const columns = (): Partial<{
    state: "left" | "joining" | "joined";
    sled_id: string | null;
    time_deleted: string;
    version_removed: number;
  }> => {
    switch (action) {
      case "softDelete":
        return { state: "left", time_deleted: now };
      case "rest":
        return { state: "left", sled_id: null };
      case "wake":
      case "rejoin":
        return { state: "joining", sled_id: sledOf(member) };
      case "recordSled":
        return { sled_id: sledOf(member) };
      case "complete":
        return { state: "joined" };
      case "release":
        return { sled_id: null };
    }
  };
  const { numUpdatedRows } = await tx
    .updateTable("multicast_group_member")
    .set({ ...columns(), time_modified: now })
    .where("id", "=", id)
    .where("state", "=", state)
    .where("sled_id", sledId === null ? "is" : "=", sledId)
    .where("time_deleted", deleted ? "is not" : "is", null)
    .executeTakeFirst();
  return { done: numUpdatedRows > 0n, intent: action === "wake" || action === "rest" || action === "softDelete" };
}
