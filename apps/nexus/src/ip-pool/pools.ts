/** IP pools: named sets of address ranges of one version and type, used by silos or by the system's own services. */
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, newIdentity, type IdentityChange, type NewIdentity } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import type { IpPoolTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupPool } from "./lookup.ts";
import { BAD_SILO_LINK } from "./silo-links.ts";

export type Assignment = IpPoolTable["assignment"];

export interface PoolSpec extends NewIdentity {
  readonly ipVersion: "v4" | "v6";
  readonly poolType: "unicast" | "multicast";
  readonly assignment: Assignment;
}

export async function createPool(nexus: NexusContext, op: OpContext, spec: PoolSpec): Promise<IpPoolTable> {
  await authorize(nexus, op, "modify", { type: "fleet" });
  const pool = {
    ...newIdentity(nexus, spec),
    ip_version: spec.ipVersion,
    pool_type: spec.poolType,
    assignment: spec.assignment,
    rcgen: 1,
  };
  await refusingSameName("ip-pool", spec.name, nexus.store.db.insertInto("ip_pool").values(pool).execute());
  return pool;
}

export interface PoolFilter {
  readonly assignment?: Assignment | undefined;
  readonly ipVersion?: "v4" | "v6" | undefined;
  readonly poolType?: "unicast" | "multicast" | undefined;
}

export async function listPools(
  nexus: NexusContext,
  op: OpContext,
  { assignment, ipVersion, poolType }: PoolFilter,
  paging: Paging,
): Promise<IpPoolTable[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  let pools = nexus.store.db.selectFrom("ip_pool").selectAll().where("time_deleted", "is", null);
  if (assignment !== undefined) pools = pools.where("assignment", "=", assignment);
  if (ipVersion !== undefined) pools = pools.where("ip_version", "=", ipVersion);
  if (poolType !== undefined) pools = pools.where("pool_type", "=", poolType);
  return paginate(pools, paging).execute();
}

export async function updatePool(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  change: IdentityChange,
): Promise<IpPoolTable> {
  const pool = await lookupPool(nexus, op, selector, "modify");
  const columns = changedIdentity(nexus, change);
  const work = nexus.store.db.updateTable("ip_pool").set(columns).where("id", "=", pool.id).execute();
  await refusingSameName("ip-pool", change.name ?? pool.name, work);
  return { ...pool, ...columns };
}

/** With its links; refused while it has ranges, or when it is the last one for the system's services. */
export async function deletePool(nexus: NexusContext, op: OpContext, selector: Selector): Promise<void> {
  const pool = await lookupPool(nexus, op, selector, "delete");
  await nexus.store.transaction(async (tx) => {
    const range = await tx
      .selectFrom("ip_pool_range")
      .select("id")
      .where("ip_pool_id", "=", pool.id)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (range !== undefined) throw invalidRequest("IP Pool cannot be deleted while it contains IP ranges");
    if (pool.assignment === "system_services" && (await isLastForServices(tx, pool.id))) {
      throw invalidRequest(
        "Cannot delete the last IP Pool assigned for system services use. " +
          "Create and assign at least one more IP Pool before deleting this one.",
      );
    }
    const { numUpdatedRows } = await tx
      .updateTable("ip_pool")
      .set({ time_deleted: nowText(nexus) })
      .where("id", "=", pool.id)
      .where("rcgen", "=", pool.rcgen)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw invalidRequest("deletion failed due to concurrent modification");
    await tx.deleteFrom("ip_pool_silo").where("ip_pool_id", "=", pool.id).execute();
  });
}

export async function assignPool(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  assignment: Assignment,
): Promise<IpPoolTable> {
  const pool = await lookupPool(nexus, op, selector, "modify");
  if (pool.assignment === assignment) throw invalidRequest(`IP Pool already has assignment '${assignment}'`);
  const change = { assignment, time_modified: nowText(nexus), rcgen: pool.rcgen + 1 };
  await nexus.store.transaction(async (tx) => {
    if (assignment === "system_services") {
      const link = await tx
        .selectFrom("ip_pool_silo")
        .select("silo_id")
        .where("ip_pool_id", "=", pool.id)
        .limit(1)
        .executeTakeFirst();
      if (link !== undefined) throw invalidRequest(BAD_SILO_LINK);
    } else if (await isLastForServices(tx, pool.id)) {
      throw invalidRequest(
        "Cannot reassign the last IP Pool assigned for system services use. " +
          "Create and assign at least one more IP Pool before reassigning this one.",
      );
    }
    const { numUpdatedRows } = await tx
      .updateTable("ip_pool")
      .set(change)
      .where("id", "=", pool.id)
      .where("rcgen", "=", pool.rcgen)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw invalidRequest("update failed due to concurrent modification");
  });
  return { ...pool, ...change };
}

async function isLastForServices(tx: Pick<NexusContext["store"]["db"], "selectFrom">, id: string): Promise<boolean> {
  const other = await tx
    .selectFrom("ip_pool")
    .select("id")
    .where("assignment", "=", "system_services")
    .where("time_deleted", "is", null)
    .where("id", "<>", id)
    .limit(1)
    .executeTakeFirst();
  return other === undefined;
}
