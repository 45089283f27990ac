/** From which pool an external address comes: the one asked for, or a default pool of the silo. */
import type { Kysely } from "kysely";
import { literal } from "../db/literal.ts";
import type { IpPoolTable, NexusTables } from "../db/schema.ts";
import { invalidRequest, notFound, notFoundById, notFoundByName, type NexusError } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";

export type PoolChoice =
  | { readonly kind: "explicit"; readonly pool: Selector }
  | { readonly kind: "auto"; readonly ipVersion: "v4" | "v6" | null };

/** The unicast pool of a choice. Only pools linked to the silo exist for it. */
export async function choosePool(db: Kysely<NexusTables>, siloId: string, choice: PoolChoice): Promise<IpPoolTable> {
  return choice.kind === "explicit" ? explicitPool(db, siloId, choice.pool) : defaultPool(db, siloId, choice.ipVersion);
}

export function poolNotFound(selector: Selector): NexusError {
  return "id" in selector ? notFoundById("ip-pool", selector.id) : notFoundByName("ip-pool", selector.name);
}

async function explicitPool(db: Kysely<NexusTables>, siloId: string, selector: Selector): Promise<IpPoolTable> {
  const pool = await linkedPools(db, siloId)
    .where("id" in selector ? "ip_pool.id" : "ip_pool.name", "=", "id" in selector ? selector.id : selector.name)
    .executeTakeFirst();
  if (pool === undefined) throw poolNotFound(selector);
  if (pool.pool_type !== "unicast") {
    throw invalidRequest(`Pool '${pool.name}' is not a unicast pool (type: ${pool.pool_type})`);
  }
  return pool;
}

async function defaultPool(db: Kysely<NexusTables>, siloId: string, version: "v4" | "v6" | null): Promise<IpPoolTable> {
  const pools = await linkedPools(db, siloId)
    .where("ip_pool_silo.is_default", "=", literal(1))
    .where("ip_pool.pool_type", "=", "unicast")
    .$if(version !== null, (query) => query.where("ip_pool.ip_version", "=", version ?? "v4"))
    .limit(2)
    .execute();
  const [pool, other] = pools;
  if (pool === undefined) throw notFound(`default unicast IP${version ?? ""} pool for current silo`);
  // One default per version at most: two are of two versions.
  if (other !== undefined) {
    throw invalidRequest(
      "Multiple default unicast IP pools exist with different IP versions. " +
        "Please specify ip_version (v4 or v6) or provide an explicit pool.",
    );
  }
  return pool;
}

function linkedPools(db: Kysely<NexusTables>, siloId: string) {
  return db
    .selectFrom("ip_pool")
    .innerJoin("ip_pool_silo", "ip_pool_silo.ip_pool_id", "ip_pool.id")
    .selectAll("ip_pool")
    .where("ip_pool_silo.silo_id", "=", siloId)
    .where("ip_pool.time_deleted", "is", null);
}

/** The linked unicast pool whose range holds the address, and that range; undefined when there is none. */
export async function findRangeOf(
  db: Kysely<NexusTables>,
  siloId: string,
  key: string,
): Promise<{ readonly poolId: string; readonly rangeId: string } | undefined> {
  return db
    .selectFrom("ip_pool_range")
    .innerJoin("ip_pool", "ip_pool.id", "ip_pool_range.ip_pool_id")
    .innerJoin("ip_pool_silo", "ip_pool_silo.ip_pool_id", "ip_pool.id")
    .select(["ip_pool.id as poolId", "ip_pool_range.id as rangeId"])
    .where("ip_pool_range.time_deleted", "is", null)
    .where("ip_pool_range.first_sort", "<=", key)
    .where("ip_pool_range.last_sort", ">=", key)
    .where("ip_pool.pool_type", "=", "unicast")
    .where("ip_pool_silo.silo_id", "=", siloId)
    .executeTakeFirst();
}
