/** Memberships made, woken, changed and ended. A group has at most one live member per instance. */
import type { MulticastGroupMemberTable, MulticastGroupTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import { endEmptyGroups } from "./groups.ts";
import { countMemberships, findMember, membershipsOf, sourcesOfOthers } from "./member-rows.ts";
import { checkSourcesFor, checkUnion, parseSources, sourcesColumn } from "./sources.ts";
import type { MulticastWriter } from "./writer.ts";

export const MAX_GROUPS_PER_INSTANCE = 32;

export const tooManyGroups = () =>
  invalidRequest(`An instance may not join more than ${MAX_GROUPS_PER_INSTANCE} multicast groups`);

/** What a join amounted to. */
export type JoinOutcome = "created" | "rejoined" | "updated" | "unchanged";

export interface Joined {
  readonly member: MulticastGroupMemberTable;
  readonly outcome: JoinOutcome;
}

export interface Attachment {
  readonly instanceId: string;
  readonly group: MulticastGroupTable;
  /** Null: the group's own where it has some, else all; of a member, those it has. */
  readonly sources: readonly string[] | null;
  /** Of the row, if one is made. */
  readonly memberId: string;
}

/** Makes the instance a member, or changes the membership it has. */
export async function attachMember(writer: MulticastWriter, wanted: Attachment): Promise<Joined> {
  const { tx, now } = writer;
  const { instanceId, group } = wanted;
  const { sledId } = await liveInstance(writer, instanceId);
  const known = await findMember(writer, group.id, instanceId);
  const sources = wanted.sources ?? (known === undefined ? parseSources(group.default_source_ips) : null);
  if (sources !== null) checkSourcesFor(group.multicast_ip, sources);
  if (known === undefined && (await countMemberships(writer, instanceId)) >= MAX_GROUPS_PER_INSTANCE) {
    throw tooManyGroups();
  }
  if (sources !== null && sources.length > 0) {
    checkUnion(await sourcesOfOthers(writer, group.id, instanceId), sources);
  }
  if (known === undefined) {
    const member: MulticastGroupMemberTable = {
      id: wanted.memberId,
      time_created: now,
      time_modified: now,
      time_deleted: null,
      external_group_id: group.id,
      parent_id: instanceId,
      sled_id: sledId,
      state: "joining",
      multicast_ip: group.multicast_ip,
      source_ips: sourcesColumn(sources ?? []),
      version_added: await writer.generation(),
      version_removed: null,
    };
    await tx.insertInto("multicast_group_member").values(member).execute();
    return { member, outcome: "created" };
  }
  const source_ips = sources === null ? known.source_ips : sourcesColumn(sources);
  const rejoins = known.state === "left";
  if (!rejoins && source_ips === known.source_ips) return { member: known, outcome: "unchanged" };
  const change = {
    source_ips,
    time_modified: now,
    ...(rejoins ? ({ state: "joining", sled_id: sledId } as const) : {}),
  };
  await writer.generation();
  await tx.updateTable("multicast_group_member").set(change).where("id", "=", known.id).execute();
  return { member: { ...known, ...change }, outcome: rejoins ? "rejoined" : "updated" };
}

async function ended(writer: MulticastWriter) {
  const { now } = writer;
  const version_removed = await writer.generation();
  return { state: "left", time_deleted: now, time_modified: now, version_removed } as const;
}

/** The sled stays on the row: it has to be told. Groups that lost their last member end with it. */
export async function endMembers(
  writer: MulticastWriter,
  members: readonly Pick<MulticastGroupMemberTable, "id" | "external_group_id">[],
): Promise<void> {
  if (members.length === 0) return;
  await writer.tx
    .updateTable("multicast_group_member")
    .set(await ended(writer))
    .where(
      "id",
      "in",
      members.map(({ id }) => id),
    )
    .where("time_deleted", "is", null)
    .execute();
  await endEmptyGroups(writer, [...new Set(members.map(({ external_group_id }) => external_group_id))]);
}

/** All members of a group that ends itself. */
export async function endMembersOf(writer: MulticastWriter, groupId: string): Promise<void> {
  await writer.tx
    .updateTable("multicast_group_member")
    .set(await ended(writer))
    .where("external_group_id", "=", groupId)
    .where("time_deleted", "is", null)
    .execute();
}

/** All memberships of an instance that is no more. */
export async function endMembershipsOf(writer: MulticastWriter, instanceId: string): Promise<void> {
  await endMembers(writer, await membershipsOf(writer, instanceId));
}

async function liveInstance({ tx }: MulticastWriter, id: string): Promise<{ readonly sledId: string | null }> {
  const row = await tx
    .selectFrom("instance")
    .leftJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .select("vmm.sled_id as sledId")
    .where("instance.id", "=", id)
    .where("instance.time_deleted", "is", null)
    .executeTakeFirst();
  if (row === undefined) throw invalidRequest("Instance does not exist or has been deleted");
  return row;
}
