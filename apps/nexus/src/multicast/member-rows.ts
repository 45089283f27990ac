/** Memberships as they are: found, counted, listed. Only live ones. */
import type { NexusContext } from "../context.ts";
import { paginateBy } from "../db/paginate.ts";
import type { MulticastGroupMemberTable } from "../db/schema.ts";
import { parseSources } from "./sources.ts";
import type { MulticastWriter } from "./writer.ts";

export async function membershipsOf({ tx }: MulticastWriter, instanceId: string): Promise<MulticastGroupMemberTable[]> {
  return tx
    .selectFrom("multicast_group_member")
    .selectAll()
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .execute();
}

export async function findMember(
  { tx }: MulticastWriter,
  groupId: string,
  instanceId: string,
): Promise<MulticastGroupMemberTable | undefined> {
  return tx
    .selectFrom("multicast_group_member")
    .selectAll()
    .where("external_group_id", "=", groupId)
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
}

export interface IdPage {
  readonly limit: number;
  /** The id of the last one seen. */
  readonly lastSeen: string | undefined;
}

export async function listMembers(
  { store }: NexusContext,
  of: { readonly groupId: string } | { readonly instanceId: string },
  page: IdPage,
): Promise<MulticastGroupMemberTable[]> {
  const live = store.db.selectFrom("multicast_group_member").selectAll().where("time_deleted", "is", null);
  const chosen =
    "groupId" in of ? live.where("external_group_id", "=", of.groupId) : live.where("parent_id", "=", of.instanceId);
  return paginateBy(chosen, "id", page).execute();
}

export async function countMemberships({ tx }: MulticastWriter, instanceId: string): Promise<number> {
  const { count } = await tx
    .selectFrom("multicast_group_member")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}

/** As `sourcesOfMembers`, without those of one instance. */
export async function sourcesOfOthers(
  writer: MulticastWriter,
  groupId: string,
  instanceId: string,
): Promise<string[][]> {
  return listsOf(await memberLists(writer, groupId).where("parent_id", "<>", instanceId).execute());
}

/** The different lists of sources that a group's members have. */
export async function sourcesOfMembers(writer: MulticastWriter, groupId: string): Promise<string[][]> {
  return listsOf(await memberLists(writer, groupId).execute());
}

// Read once each, however many members have them.
function memberLists({ tx }: MulticastWriter, groupId: string) {
  return tx
    .selectFrom("multicast_group_member")
    .select("source_ips")
    .distinct()
    .where("external_group_id", "=", groupId)
    .where("time_deleted", "is", null);
}

const listsOf = (rows: readonly { readonly source_ips: string }[]): string[][] =>
  rows.map(({ source_ips }) => parseSources(source_ips));
