/** Groups as rows: made, ended, and read with the sources of their members. */
import type { Kysely } from "kysely";
import { fromSortKey } from "../db/ip-sort.ts";
import { MULTICAST_VNI } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import type { MulticastGroupTable, NexusTables } from "../db/schema.ts";
import { alreadyExists } from "../errors.ts";
import { getGroup, type GroupIdentifier } from "./identifier.ts";
import type { GroupPlace } from "./pool-choice.ts";
import { defaultsColumn, parseSources, sortedSources } from "./sources.ts";
import type { MulticastWriter } from "./writer.ts";

type Db = Pick<Kysely<NexusTables>, "selectFrom">;

export interface NewGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly place: GroupPlace;
  /** Of a group that is created by its own call, and stays until it is deleted. */
  readonly explicit?: { readonly defaultSources: readonly string[]; readonly mvlan: number | null };
}

/** In state `creating`. Throws object-already-exists for a name that another group has. */
export async function insertGroup(writer: MulticastWriter, group: NewGroup): Promise<MulticastGroupTable> {
  const { tx, now } = writer;
  const { id, name, description, place, explicit } = group;
  await checkName(writer, name);
  const { ip, version } = fromSortKey(place.key);
  const row: MulticastGroupTable = {
    id,
    name,
    description,
    time_created: now,
    time_modified: now,
    time_deleted: null,
    vni: MULTICAST_VNI,
    ip_pool_id: place.poolId,
    ip_pool_range_id: place.rangeId,
    multicast_ip: ip,
    ip_sort: place.key,
    ip_version: version === 4 ? "v4" : "v6",
    underlay_group_id: null,
    underlay_salt: null,
    tag: `${id}:${ip}`,
    state: "creating",
    explicitly_created: explicit === undefined ? 0 : 1,
    default_source_ips: defaultsColumn(explicit?.defaultSources ?? []),
    mvlan: explicit?.mvlan ?? null,
    version_added: await writer.generation(),
    version_removed: null,
  };
  await tx.insertInto("multicast_group").values(row).execute();
  await tx
    .updateTable("ip_pool_range")
    .set((eb) => ({ rcgen: eb("rcgen", "+", 1) }))
    .where("id", "=", place.rangeId)
    .execute();
  return row;
}

export async function checkName({ tx }: MulticastWriter, name: string): Promise<void> {
  const other = await tx
    .selectFrom("multicast_group")
    .select("id")
    .where("name", "=", name)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (other !== undefined) throw alreadyExists("multicast-group", name);
}

/** Nobody sees it from now on, and its name and address are free; what switches and sleds hold of it goes later. */
export async function endGroup(writer: MulticastWriter, id: string): Promise<void> {
  const { tx, now } = writer;
  await tx
    .updateTable("multicast_group")
    .set({ state: "deleting", time_deleted: now, time_modified: now, version_removed: await writer.generation() })
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .execute();
}

/** Ends those of the groups that have no member left and were made by a join; answers which. */
export async function endEmptyGroups(writer: MulticastWriter, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const empty = await writer.tx
    .selectFrom("multicast_group")
    .select("id")
    .where("id", "in", ids)
    .where("time_deleted", "is", null)
    .where("explicitly_created", "=", 0)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("multicast_group_member")
            .select("multicast_group_member.id")
            .whereRef("multicast_group_member.external_group_id", "=", "multicast_group.id")
            .where("multicast_group_member.time_deleted", "is", null),
        ),
      ),
    )
    .execute();
  for (const { id } of empty) await endGroup(writer, id);
  return empty.map(({ id }) => id);
}

export interface GroupWithSources extends MulticastGroupTable {
  /** Of all members, whatever their state; sorted. */
  readonly sources: readonly string[];
  /** Some member receives from all sources. */
  readonly hasAnySourceMember: boolean;
}

export async function listGroups({ store }: NexusContext, paging: Paging): Promise<GroupWithSources[]> {
  const live = store.db.selectFrom("multicast_group").selectAll().where("time_deleted", "is", null);
  return withSources(store.db, await paginate(live, paging).execute());
}

export async function viewGroup(nexus: NexusContext, identifier: GroupIdentifier): Promise<GroupWithSources> {
  return groupWithSources(nexus.store.db, await getGroup(nexus.store.db, identifier));
}

export async function groupWithSources(db: Db, group: MulticastGroupTable): Promise<GroupWithSources> {
  const [found] = await withSources(db, [group]);
  return found ?? { ...group, sources: [], hasAnySourceMember: false };
}

/** Members with the same list count once, so that what is read grows with the lists and not with the members. */
async function withSources(db: Db, groups: readonly MulticastGroupTable[]): Promise<GroupWithSources[]> {
  if (groups.length === 0) return [];
  const lists = await db
    .selectFrom("multicast_group_member")
    .select(["external_group_id", "source_ips"])
    .distinct()
    .where("time_deleted", "is", null)
    .where(
      "external_group_id",
      "in",
      groups.map(({ id }) => id),
    )
    .execute();
  const byGroup = Map.groupBy(lists, ({ external_group_id }) => external_group_id);
  return groups.map((group) => {
    const own = (byGroup.get(group.id) ?? []).map(({ source_ips }) => parseSources(source_ips));
    return {
      ...group,
      sources: sortedSources(own.flat()),
      hasAnySourceMember: own.some((sources) => sources.length === 0),
    };
  });
}
