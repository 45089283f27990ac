/**
 * Finds free addresses in a range of a pool with a number of queries that grows with the logarithm of the range, reading
 * no more rows than there are addresses in use: a /8, or 2^64 addresses of IPv6, cost no more than a /24.
 */
import type { Transaction } from "kysely";
import { SNAT_BLOCKS, type PortRange } from "@racklet/net";
import { fromSortKey, sortKey } from "../db/ip-sort.ts";
import { literal } from "../db/literal.ts";
import type { NexusTables } from "../db/schema.ts";

export interface SortRange {
  readonly first_sort: string;
  readonly last_sort: string;
}

/** Addresses looked at first; each full stretch makes the next one four times as long. */
const FIRST_STRETCH = 64n;

/** The sort key of the lowest address of the range that nothing uses, or null when there is none. */
export async function findFreeAddress(
  tx: Transaction<NexusTables>,
  range: SortRange,
  count: typeof countUsed = countUsed,
): Promise<string | null> {
  const { version, address: first } = fromSortKey(range.first_sort);
  const { address: last } = fromSortKey(range.last_sort);
  const isFull = async (from: bigint, to: bigint): Promise<boolean> => {
    const used = await count(tx, { first_sort: sortKey(version, from), last_sort: sortKey(version, to) });
    return BigInt(used) === to - from + 1n;
  };
  let from = first;
  for (let stretch = FIRST_STRETCH; from <= last; stretch *= 4n) {
    let to = from + stretch - 1n < last ? from + stretch - 1n : last;
    if (await isFull(from, to)) {
      from = to + 1n;
      continue;
    }
    while (from < to) {
      const middle = (from + to) / 2n;
      if (await isFull(from, middle)) from = middle + 1n;
      else to = middle;
    }
    return sortKey(version, from);
  }
  return null;
}

/** The lowest address with a free source NAT block, and that block. An address is shared by source NAT blocks only. */
export async function findFreeSnatBlock(
  tx: Transaction<NexusTables>,
  range: SortRange,
): Promise<{ readonly key: string; readonly block: PortRange } | null> {
  const shared = await tx
    .selectFrom("external_ip")
    .select("ip_sort")
    .where("time_deleted", "is", null)
    .where("kind", "=", literal("snat"))
    .where("ip_sort", ">=", range.first_sort)
    .where("ip_sort", "<=", range.last_sort)
    .groupBy("ip_sort")
    .having((eb) => eb.fn.countAll(), "<", SNAT_BLOCKS.length)
    .orderBy("ip_sort")
    .limit(1)
    .executeTakeFirst();
  const free = await findFreeAddress(
    tx,
    shared === undefined ? range : { first_sort: range.first_sort, last_sort: shared.ip_sort },
  );
  const key = free ?? shared?.ip_sort;
  if (key === undefined) return null;
  const taken = await tx
    .selectFrom("external_ip")
    .select("first_port")
    .where("time_deleted", "is", null)
    .where("ip_sort", "=", key)
    .execute();
  const block = SNAT_BLOCKS.find(({ low }) => taken.every(({ first_port }) => first_port !== low));
  return block === undefined ? null : { key, block };
}

/** How many distinct addresses of the range external IPs use. */
export async function countUsed(tx: Transaction<NexusTables>, range: SortRange): Promise<number> {
  const { used } = await tx
    .selectFrom("external_ip")
    .select((eb) => eb.fn.count<number>("ip_sort").distinct().as("used"))
    .where("time_deleted", "is", null)
    .where("ip_sort", ">=", range.first_sort)
    .where("ip_sort", "<=", range.last_sort)
    .executeTakeFirstOrThrow();
  return used;
}
