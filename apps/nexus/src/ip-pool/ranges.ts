/** The address ranges of a pool. No two live ranges of any pools overlap. */
import { canonicalIp, type IpRange } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { ipSort } from "../db/ip-sort.ts";
import { nowText } from "../db/now.ts";
import { paginateBy } from "../db/paginate.ts";
import type { IpPoolRangeTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import { poolNotFound } from "../external-ip/pool-choice.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupPool } from "./lookup.ts";
import { checkRange, multicastKind } from "./range-rules.ts";

/** In the order of their first addresses; `lastSeen` is the `first_sort` of the last one seen. */
export async function listRanges(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  page: { readonly limit: number; readonly lastSeen: string | undefined },
): Promise<IpPoolRangeTable[]> {
  const pool = await lookupPool(nexus, op, selector, "list_children");
  const ranges = nexus.store.db
    .selectFrom("ip_pool_range")
    .selectAll()
    .where("ip_pool_id", "=", pool.id)
    .where("time_deleted", "is", null);
  return paginateBy(ranges, "first_sort", page).execute();
}

export async function addRange(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  asked: IpRange,
): Promise<IpPoolRangeTable> {
  const pool = await lookupPool(nexus, op, selector, "create_child");
  const range = canonical(asked);
  checkRange(pool, range);
  const now = nowText(nexus);
  const row: IpPoolRangeTable = {
    id: nexus.world.ids.uuid(),
    ip_pool_id: pool.id,
    first_address: range.first,
    last_address: range.last,
    first_sort: ipSort(range.first),
    last_sort: ipSort(range.last),
    rcgen: 1,
    time_created: now,
    time_modified: now,
    time_deleted: null,
  };
  return nexus.store.transaction(async (tx) => {
    if (pool.pool_type === "multicast") {
      const other = await tx
        .selectFrom("ip_pool_range")
        .select(["first_address as first", "last_address as last"])
        .where("ip_pool_id", "=", pool.id)
        .where("time_deleted", "is", null)
        .limit(1)
        .executeTakeFirst();
      const kind = multicastKind(range);
      if (other !== undefined && multicastKind(other) !== kind) {
        throw invalidRequest(`Cannot mix ${kind} and ${multicastKind(other)} ranges in the same multicast pool`);
      }
    }
    const overlapping = await tx
      .selectFrom("ip_pool_range")
      .select("id")
      .where("time_deleted", "is", null)
      .where("first_sort", "<=", row.last_sort)
      .where("last_sort", ">=", row.first_sort)
      .limit(1)
      .executeTakeFirst();
    if (overlapping !== undefined) {
      throw invalidRequest(
        `The provided IP range ${range.first}-${range.last} overlaps with an existing IP pool range or subnet pool member`,
      );
    }
    // Also finds out whether the pool was deleted since it was looked up.
    const { numUpdatedRows } = await tx
      .updateTable("ip_pool")
      .set((eb) => ({ rcgen: eb("rcgen", "+", 1) }))
      .where("id", "=", pool.id)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw poolNotFound({ id: pool.id });
    await tx.insertInto("ip_pool_range").values(row).execute();
    return row;
  });
}

/** Exactly the range that was added, and only while nothing uses an address of it. */
export async function removeRange(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  asked: IpRange,
): Promise<void> {
  const pool = await lookupPool(nexus, op, selector, "modify");
  const range = canonical(asked);
  await nexus.store.transaction(async (tx) => {
    const row = await tx
      .selectFrom("ip_pool_range")
      .select(["id", "rcgen"])
      .where("ip_pool_id", "=", pool.id)
      .where("first_sort", "=", ipSort(range.first))
      .where("last_sort", "=", ipSort(range.last))
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (row === undefined) throw invalidRequest(`The provided range ${range.first}-${range.last} does not exist`);
    const user = await tx
      .selectFrom("external_ip")
      .select("id")
      .where("ip_pool_id", "=", pool.id)
      .where("ip_pool_range_id", "=", row.id)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (user !== undefined) {
      throw invalidRequest("IP pool ranges cannot be deleted while external IP addresses are allocated from them");
    }
    const group = await tx
      .selectFrom("multicast_group")
      .select("id")
      .where("ip_pool_id", "=", pool.id)
      .where("ip_pool_range_id", "=", row.id)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (group !== undefined) {
      throw invalidRequest("IP pool ranges cannot be deleted while multicast groups are allocated from them");
    }
    const { numUpdatedRows } = await tx
      .updateTable("ip_pool_range")
      .set({ time_deleted: nowText(nexus) })
      .where("id", "=", row.id)
      .where("rcgen", "=", row.rcgen)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw invalidRequest("IP range deletion failed due to concurrent modification");
  });
}

function canonical({ first, last }: IpRange): IpRange {
  return { first: canonicalIp(first) ?? first, last: canonicalIp(last) ?? last };
}
