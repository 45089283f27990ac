/**
 * Groups that are created, changed and deleted by calls of their own, as the API had it before 2026010800. Such a group stays
 * when its last member leaves. Every user may do this to every group: groups belong to no project.
 */
import type { NexusContext } from "../context.ts";
import type { NewIdentity, IdentityChange } from "../db/identity.ts";
import { fromSortKey } from "../db/ip-sort.ts";
import type { MulticastGroupTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { checkName, endGroup, groupWithSources, insertGroup, type GroupWithSources } from "./groups.ts";
import { findGroup, getGroup, type GroupIdentifier } from "./identifier.ts";
import { sourcesOfMembers } from "./member-rows.ts";
import { attachMember, endMembersOf, type Joined } from "./members.ts";
import { checkInPool, choosePlace, placeInPool, placeOfAddress, type GroupPlace } from "./pool-choice.ts";
import {
  checkSourceList,
  checkSourcesFor,
  checkUnion,
  defaultsColumn,
  parseSources,
  sourcesColumn,
} from "./sources.ts";
import { writeMulticast, type MulticastWriter } from "./writer.ts";

export interface ExplicitGroup extends NewIdentity {
  /** Null: the lowest free one of the pool. */
  readonly ip: string | null;
  readonly pool: Selector | null;
  readonly sources: readonly string[] | null;
  readonly mvlan: number | null;
}

export async function createGroup(
  nexus: NexusContext,
  op: OpContext,
  wanted: ExplicitGroup,
): Promise<GroupWithSources> {
  const { name, description, mvlan } = wanted;
  const siloId = ownSilo(op);
  checkSourceList(wanted.sources);
  const id = nexus.world.ids.uuid();
  const defaultSources = wanted.sources ?? [];
  return writeMulticast(nexus, async (writer) => {
    const place = await placeFor(writer, siloId, wanted);
    checkSourcesFor(fromSortKey(place.key).ip, defaultSources);
    const row = await insertGroup(writer, { id, name, description, place, explicit: { defaultSources, mvlan } });
    return { ...row, sources: [], hasAnySourceMember: false };
  });
}

async function placeFor(
  { tx }: MulticastWriter,
  siloId: string,
  { ip, pool, sources }: ExplicitGroup,
): Promise<GroupPlace> {
  if (ip === null) {
    if (pool !== null) return placeInPool(tx, siloId, pool);
    return choosePlace(tx, siloId, { hasSources: (sources ?? []).length > 0, ipVersion: null });
  }
  checkSourcesFor(ip, sources);
  const place = await placeOfAddress(tx, siloId, ip);
  if (pool !== null) await checkInPool(tx, siloId, pool, place);
  if ((await findGroup(tx, { ip })) !== undefined) {
    throw invalidRequest("Requested multicast IP address is not available in the specified pool range");
  }
  return place;
}

export interface GroupChange extends IdentityChange {
  /** Null: as they are. */
  readonly sources: readonly string[] | null;
  /** Undefined: as it is; null: none. */
  readonly mvlan: number | null | undefined;
}

/** New sources are also given to the members that have the old ones: those that named none when they joined. */
export async function updateGroup(
  nexus: NexusContext,
  identifier: GroupIdentifier,
  change: GroupChange,
): Promise<GroupWithSources> {
  checkSourceList(change.sources);
  return writeMulticast(nexus, async (writer) => {
    const { tx, now } = writer;
    const group = await getGroup(tx, identifier);
    if (change.name != null && change.name !== group.name) await checkName(writer, change.name);
    const columns = {
      name: change.name ?? group.name,
      description: change.description ?? group.description,
      mvlan: change.mvlan === undefined ? group.mvlan : change.mvlan,
      default_source_ips: await changeSources(writer, group, change.sources),
      time_modified: now,
    };
    if (columns.mvlan !== group.mvlan) await writer.generation();
    await tx.updateTable("multicast_group").set(columns).where("id", "=", group.id).execute();
    return groupWithSources(tx, { ...group, ...columns });
  });
}

async function changeSources(
  writer: MulticastWriter,
  group: MulticastGroupTable,
  sources: readonly string[] | null,
): Promise<string> {
  if (sources === null) return group.default_source_ips;
  const before = sourcesColumn(parseSources(group.default_source_ips));
  const column = sourcesColumn(sources);
  if (column === before) return defaultsColumn(sources);
  checkSourcesFor(group.multicast_ip, sources);
  const others = (await sourcesOfMembers(writer, group.id)).filter((list) => sourcesColumn(list) !== before);
  if (sources.length > 0) checkUnion(others, sources);
  await writer.generation();
  await writer.tx
    .updateTable("multicast_group_member")
    .set({ source_ips: column, time_modified: writer.now })
    .where("external_group_id", "=", group.id)
    .where("source_ips", "=", before)
    .where("time_deleted", "is", null)
    .execute();
  return defaultsColumn(sources);
}

/** Its members leave it. */
export async function deleteGroup(nexus: NexusContext, identifier: GroupIdentifier): Promise<void> {
  await writeMulticast(nexus, async (writer) => {
    const { id } = await getGroup(writer.tx, identifier);
    await endMembersOf(writer, id);
    await endGroup(writer, id);
  });
}

/** The group must exist; the caller may modify the instance. */
export async function addMember(nexus: NexusContext, identifier: GroupIdentifier, instanceId: string): Promise<Joined> {
  const memberId = nexus.world.ids.uuid();
  return writeMulticast(nexus, async (writer) => {
    const group = await getGroup(writer.tx, identifier);
    return attachMember(writer, { instanceId, group, sources: null, memberId });
  });
}
