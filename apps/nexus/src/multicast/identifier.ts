/** How requests name a group, and finding it. A group that is being deleted is not there for anybody. */
import type { Kysely } from "kysely";
import { ipSort } from "../db/ip-sort.ts";
import type { MulticastGroupTable, NexusTables } from "../db/schema.ts";
import { notFoundById, notFoundByName, type NexusError } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";

/** An address is in its canonical form. */
export type GroupIdentifier = Selector | { readonly ip: string };

type Db = Pick<Kysely<NexusTables>, "selectFrom">;

/** Throws object-not-found. Every user may see every group: there is nothing to authorize. */
export async function getGroup(db: Db, identifier: GroupIdentifier): Promise<MulticastGroupTable> {
  const group = await findGroup(db, identifier);
  if (group === undefined) throw groupNotFound(identifier);
  return group;
}

export async function findGroup(db: Db, identifier: GroupIdentifier): Promise<MulticastGroupTable | undefined> {
  const live = db.selectFrom("multicast_group").selectAll().where("time_deleted", "is", null);
  if ("id" in identifier) return live.where("id", "=", identifier.id).executeTakeFirst();
  if ("ip" in identifier) return live.where("ip_sort", "=", ipSort(identifier.ip)).executeTakeFirst();
  return live.where("name", "=", identifier.name).executeTakeFirst();
}

export function groupNotFound(identifier: GroupIdentifier): NexusError {
  if ("id" in identifier) return notFoundById("multicast-group", identifier.id);
  return notFoundByName("multicast-group", "ip" in identifier ? identifier.ip : identifier.name);
}

export function identifierText(identifier: GroupIdentifier): string {
  if ("id" in identifier) return identifier.id;
  return "ip" in identifier ? identifier.ip : identifier.name;
}
