/** Pools as the operator sees them: parts of the fleet. */
import { authorize, type Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import type { IpPoolTable } from "../db/schema.ts";
import { poolNotFound } from "../external-ip/pool-choice.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";

/** The live pool; fleet viewers may read it, fleet administrators change it. */
export async function lookupPool(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  action: Action,
): Promise<IpPoolTable> {
  const missing = poolNotFound(selector);
  const pools = nexus.store.db.selectFrom("ip_pool").selectAll().where("time_deleted", "is", null);
  const pool = await (
    "id" in selector ? pools.where("id", "=", selector.id) : pools.where("name", "=", selector.name)
  ).executeTakeFirst();
  if (pool === undefined) throw missing;
  await authorize(nexus, op, action === "create_child" ? "modify" : action, { type: "fleet" }, missing);
  return pool;
}
