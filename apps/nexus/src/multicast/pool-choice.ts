/** Where a new group's address comes from. Only multicast pools that the silo is linked to are there for it. */
import type { Transaction } from "kysely";
import { fromSortKey, ipSort } from "../db/ip-sort.ts";
import type { IpPoolTable, NexusTables } from "../db/schema.ts";
import { insufficientCapacity, invalidRequest } from "../errors.ts";
import { findFreeAddress, type SortRange } from "../external-ip/free-address.ts";
import { poolNotFound } from "../external-ip/pool-choice.ts";
import { multicastKind } from "../ip-pool/range-rules.ts";
import type { Selector } from "../lookup/selector.ts";

type Tx = Transaction<NexusTables>;
type Version = "v4" | "v6";

export interface GroupPlace {
  readonly poolId: string;
  readonly rangeId: string;
  /** The address as `ip_sort` has it. */
  readonly key: string;
}

/** The pool that holds the address; whether somebody has the address is another question. */
export async function placeOfAddress(tx: Tx, siloId: string, ip: string): Promise<GroupPlace> {
  const key = ipSort(ip);
  const range = await rangesOf(tx, siloId)
    .where("ip_pool_range.first_sort", "<=", key)
    .where("ip_pool_range.last_sort", ">=", key)
    .executeTakeFirst();
  if (range === undefined) {
    throw invalidRequest(`multicast IP address ${ip} is not in any configured multicast pool`);
  }
  return { poolId: range.pool_id, rangeId: range.id, key };
}

export interface PoolWish {
  /** A source-specific pool is looked for first. */
  readonly hasSources: boolean;
  readonly ipVersion: Version | null;
}

/** The lowest free address of the pool that suits best: a default one, then the first by name. */
export async function choosePlace(tx: Tx, siloId: string, { hasSources, ipVersion }: PoolWish): Promise<GroupPlace> {
  const ranges = await rangesOf(tx, siloId)
    .$if(ipVersion !== null, (query) => query.where("ip_pool.ip_version", "=", ipVersion ?? "v4"))
    .orderBy("ip_pool_silo.is_default", "desc")
    .orderBy("ip_pool.name")
    .orderBy("ip_pool_range.time_created")
    .orderBy("ip_pool_range.id")
    .execute();
  const kinds = hasSources ? (["SSM", "ASM"] as const) : (["ASM"] as const);
  for (const kind of kinds) {
    const candidates = ranges.filter(({ first, last }) => multicastKind({ first, last }) === kind);
    const [best] = candidates;
    if (best === undefined) continue;
    if (candidates.some(({ version }) => version !== best.version)) {
      throw invalidRequest(
        `Multiple ${kind} multicast IP pools exist with different IP versions. ` +
          "Please specify ip_version (v4 or v6) or provide an explicit pool.",
      );
    }
    return lowestFree(
      tx,
      best.pool_id,
      candidates.filter(({ pool_id }) => pool_id === best.pool_id),
    );
  }
  const wanted = [ipVersion, kinds.join(" or ")].filter((word) => word !== null).join(" ");
  throw invalidRequest(
    `No ${wanted} multicast pool linked to your silo. ` +
      "Create a multicast pool and link it to your silo, or provide an explicit pool or multicast address.",
  );
}

/** The lowest free address of the pool that is named. */
export async function placeInPool(tx: Tx, siloId: string, selector: Selector): Promise<GroupPlace> {
  const pool = await linkedPool(tx, siloId, selector);
  if (pool.pool_type !== "multicast") {
    throw invalidRequest(`Pool '${pool.name}' is not a multicast pool (type: ${pool.pool_type})`);
  }
  const ranges = await rangesOf(tx, siloId)
    .where("ip_pool.id", "=", pool.id)
    .orderBy("ip_pool_range.time_created")
    .orderBy("ip_pool_range.id")
    .execute();
  return lowestFree(tx, pool.id, ranges);
}

/** Throws unless the address is in the pool that is named. */
export async function checkInPool(tx: Tx, siloId: string, selector: Selector, place: GroupPlace): Promise<void> {
  const pool = await linkedPool(tx, siloId, selector);
  if (pool.id !== place.poolId) {
    throw invalidRequest(`multicast IP address ${fromSortKey(place.key).ip} is not in pool '${pool.name}'`);
  }
}

async function linkedPool(tx: Tx, siloId: string, selector: Selector): Promise<IpPoolTable> {
  const pool = await tx
    .selectFrom("ip_pool")
    .innerJoin("ip_pool_silo", "ip_pool_silo.ip_pool_id", "ip_pool.id")
    .selectAll("ip_pool")
    .where("ip_pool_silo.silo_id", "=", siloId)
    .where("ip_pool.time_deleted", "is", null)
    .where("id" in selector ? "ip_pool.id" : "ip_pool.name", "=", "id" in selector ? selector.id : selector.name)
    .executeTakeFirst();
  if (pool === undefined) throw poolNotFound(selector);
  return pool;
}

function rangesOf(tx: Tx, siloId: string) {
  return tx
    .selectFrom("ip_pool_range")
    .innerJoin("ip_pool", "ip_pool.id", "ip_pool_range.ip_pool_id")
    .innerJoin("ip_pool_silo", "ip_pool_silo.ip_pool_id", "ip_pool.id")
    .select([
      "ip_pool_range.id",
      "ip_pool_range.first_address as first",
      "ip_pool_range.last_address as last",
      "ip_pool_range.first_sort",
      "ip_pool_range.last_sort",
      "ip_pool.id as pool_id",
      "ip_pool.ip_version as version",
    ])
    .where("ip_pool_silo.silo_id", "=", siloId)
    .where("ip_pool.pool_type", "=", "multicast")
    .where("ip_pool.time_deleted", "is", null)
    .where("ip_pool_range.time_deleted", "is", null);
}

async function lowestFree(
  tx: Tx,
  poolId: string,
  ranges: readonly (SortRange & { readonly id: string })[],
): Promise<GroupPlace> {
  for (const range of ranges) {
    const key = await findFreeAddress(tx, range, countGroups);
    if (key !== null) return { poolId, rangeId: range.id, key };
  }
  throw insufficientCapacity("No multicast IP addresses available");
}

async function countGroups(tx: Tx, range: SortRange): Promise<number> {
  const { used } = await tx
    .selectFrom("multicast_group")
    .select((eb) => eb.fn.countAll<number>().as("used"))
    .where("time_deleted", "is", null)
    .where("ip_sort", ">=", range.first_sort)
    .where("ip_sort", "<=", range.last_sort)
    .executeTakeFirstOrThrow();
  return used;
}
