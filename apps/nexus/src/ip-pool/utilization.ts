/** How full a pool is, in addresses: one that is shared by source NAT blocks counts once, and each multicast group has one. */
import { ipRangeSize } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupPool } from "./lookup.ts";

export interface Utilization {
  /** Exact as long as it fits a double: a /64 of IPv6 does not. */
  readonly capacity: number;
  readonly remaining: number;
}

export async function poolUtilization(nexus: NexusContext, op: OpContext, selector: Selector): Promise<Utilization> {
  const pool = await lookupPool(nexus, op, selector, "read");
  // One transaction, so that the two counts belong together.
  return nexus.store.transaction(async (tx) => {
    const ranges = await tx
      .selectFrom("ip_pool_range")
      .select(["first_address as first", "last_address as last"])
      .where("ip_pool_id", "=", pool.id)
      .where("time_deleted", "is", null)
      .execute();
    const { used } = await tx
      .selectFrom(pool.pool_type === "multicast" ? "multicast_group" : "external_ip")
      .select((eb) => eb.fn.count<number>("ip_sort").distinct().as("used"))
      .where("ip_pool_id", "=", pool.id)
      .where("time_deleted", "is", null)
      .executeTakeFirstOrThrow();
    const capacity = ranges.reduce((sum, range) => sum + ipRangeSize(range), 0n);
    return { capacity: Number(capacity), remaining: Number(capacity - BigInt(used)) };
  });
}
