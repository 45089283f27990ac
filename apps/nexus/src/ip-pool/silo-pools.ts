/** Pools as the users of a silo see them: only those linked to it. */
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import type { IpPoolTable } from "../db/schema.ts";
import { poolNotFound } from "../external-ip/pool-choice.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import type { Selector } from "../lookup/selector.ts";
import { lookupSilo } from "../lookup/silo.ts";
import type { OpContext } from "../op-context.ts";
import type { PoolFilter } from "./pools.ts";

export type SiloPool = IpPoolTable & { readonly is_default: 0 | 1 };

/** Every user of the silo may see its pools. */
export async function listOwnPools(
  nexus: NexusContext,
  op: OpContext,
  { ipVersion, poolType }: Omit<PoolFilter, "assignment">,
  paging: Paging,
): Promise<SiloPool[]> {
  let pools = poolsOf(nexus, ownSilo(op));
  if (ipVersion !== undefined) pools = pools.where("ip_pool.ip_version", "=", ipVersion);
  if (poolType !== undefined) pools = pools.where("ip_pool.pool_type", "=", poolType);
  return paginate(pools, paging, KEYS).execute();
}

export async function viewOwnPool(nexus: NexusContext, op: OpContext, selector: Selector): Promise<SiloPool> {
  const pools = poolsOf(nexus, ownSilo(op));
  const pool = await (
    "id" in selector ? pools.where("ip_pool.id", "=", selector.id) : pools.where("ip_pool.name", "=", selector.name)
  ).executeTakeFirst();
  if (pool === undefined) throw poolNotFound(selector);
  return pool;
}

/** The operator's list of the pools of any silo. */
export async function listPoolsOfSilo(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  paging: Paging,
): Promise<SiloPool[]> {
  const silo = await lookupSilo(nexus, op, selector, "read");
  await authorize(nexus, op, "list_children", { type: "fleet" });
  return paginate(poolsOf(nexus, silo.id), paging, KEYS).execute();
}

const KEYS = { name: "ip_pool.name", id: "ip_pool.id" } as const;

function poolsOf(nexus: NexusContext, siloId: string) {
  return nexus.store.db
    .selectFrom("ip_pool")
    .innerJoin("ip_pool_silo", "ip_pool_silo.ip_pool_id", "ip_pool.id")
    .selectAll("ip_pool")
    .select("ip_pool_silo.is_default")
    .where("ip_pool_silo.silo_id", "=", siloId)
    .where("ip_pool.time_deleted", "is", null);
}
