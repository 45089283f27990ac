/** "The" pool of the system's services, for old clients that know of one: found when exactly one is assigned to them. */
import { canonicalIp } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { ipSort } from "../db/ip-sort.ts";
import { invalidRequest, NexusError } from "../errors.ts";

/** Says nothing about what the caller may do: look it up by the id for that. */
export async function findServicePool(
  { store }: NexusContext,
  ipVersion: "v4" | "v6",
): Promise<{ readonly id: string }> {
  const [pool, other] = await store.db
    .selectFrom("ip_pool")
    .select("id")
    .where("assignment", "=", "system_services")
    .where("ip_version", "=", ipVersion)
    .where("time_deleted", "is", null)
    .limit(2)
    .execute();
  if (pool === undefined) throw none("requested IP version");
  if (other === undefined) return pool;
  throw invalidRequest(
    "more than one system-service IP pool of the requested IP version exists; update the client to manage these pools",
  );
}

/** The one that holds the address. */
export async function findServicePoolOf({ store }: NexusContext, ip: string): Promise<{ readonly id: string }> {
  const key = ipSort(canonicalIp(ip) ?? ip);
  const pool = await store.db
    .selectFrom("ip_pool")
    .innerJoin("ip_pool_range", "ip_pool_range.ip_pool_id", "ip_pool.id")
    .select("ip_pool.id")
    .where("ip_pool.assignment", "=", "system_services")
    .where("ip_pool.time_deleted", "is", null)
    .where("ip_pool_range.time_deleted", "is", null)
    .where("ip_pool_range.first_sort", "<=", key)
    .where("ip_pool_range.last_sort", ">=", key)
    .executeTakeFirst();
  if (pool === undefined) throw none(`address ${ip}`);
  return pool;
}

const none = (what: string): NexusError => new NexusError("not-found", `no system-service IP pool of the ${what}`);
