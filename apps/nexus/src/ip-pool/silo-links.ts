/** Which silos may use a pool, and for which it is the default of its type and version: at most one per silo. */
import type { Transaction } from "kysely";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import { paginateBy } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { IpPoolSiloTable, IpPoolTable, NexusTables } from "../db/schema.ts";
import { alreadyExists, invalidRequest, notFoundById } from "../errors.ts";
import { poolNotFound } from "../external-ip/pool-choice.ts";
import type { Selector } from "../lookup/selector.ts";
import { lookupSilo } from "../lookup/silo.ts";
import type { OpContext } from "../op-context.ts";
import { lookupPool } from "./lookup.ts";

export const BAD_SILO_LINK = "IP Pools cannot be both linked to Silos and assigned for system services use.";
/** Upstream's silo of the system itself. */
const INTERNAL_SILO_ID = "001de000-5110-4000-8000-000000000001";

/** Only links to silos that show in lists; ordered by silo. */
export async function listSiloLinks(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  page: { readonly limit: number; readonly lastSeen: string | undefined },
): Promise<IpPoolSiloTable[]> {
  const pool = await lookupPool(nexus, op, selector, "list_children");
  const links = nexus.store.db
    .selectFrom("ip_pool_silo")
    .innerJoin("silo", "silo.id", "ip_pool_silo.silo_id")
    .selectAll("ip_pool_silo")
    .where("ip_pool_silo.ip_pool_id", "=", pool.id)
    .where("silo.discoverable", "=", 1)
    .where("silo.time_deleted", "is", null);
  return paginateBy(links, "ip_pool_silo.silo_id", page).execute();
}

export async function linkSilo(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  { silo: siloSelector, isDefault }: { readonly silo: Selector; readonly isDefault: boolean },
): Promise<IpPoolSiloTable> {
  const { id: poolId } = await lookupPool(nexus, op, selector, "modify");
  const silo = await lookupSilo(nexus, op, siloSelector, "modify");
  if (silo.id === INTERNAL_SILO_ID) {
    throw invalidRequest(
      "IP Pools should not be linked to the internal Oxide silo. Assign the Pool for system services use instead.",
    );
  }
  await authorize(nexus, op, "modify", { type: "fleet" });
  return nexus.store.transaction(async (tx) => {
    const pool = await livePool(tx, poolId);
    await requireLive(tx, "silo", silo.id);
    if (pool.assignment !== "silos") throw invalidRequest(BAD_SILO_LINK);
    const same = await findLink(tx, poolId, silo.id);
    const rival = isDefault ? await findDefault(tx, silo.id, pool) : undefined;
    if (same !== undefined || rival !== undefined) {
      const link = `ip_pool_id: ${poolId}, resource_id: ${silo.id}, resource_type: Silo`;
      throw alreadyExists("ip-pool-resource", link);
    }
    const link: IpPoolSiloTable = {
      ip_pool_id: poolId,
      silo_id: silo.id,
      is_default: isDefault ? 1 : 0,
      pool_type: pool.pool_type,
      ip_version: pool.ip_version,
    };
    await tx.insertInto("ip_pool_silo").values(link).execute();
    return link;
  });
}

/** Making it the default demotes the silo's former default of the same type and version. */
export async function updateSiloLink(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  siloSelector: Selector,
  isDefault: boolean,
): Promise<IpPoolSiloTable> {
  const pool = await lookupPool(nexus, op, selector, "modify");
  const silo = await lookupSilo(nexus, op, siloSelector, "modify");
  return nexus.store.transaction(async (tx) => {
    const link = await findLink(tx, pool.id, silo.id);
    if (link === undefined) throw notFoundById("ip-pool-resource", `ip_pool_id: ${pool.id}, silo_id: ${silo.id}`);
    const rival = isDefault && link.is_default === 0 ? await findDefault(tx, silo.id, pool) : undefined;
    if (rival !== undefined) await setDefault(tx, rival, 0);
    return setDefault(tx, link, isDefault ? 1 : 0);
  });
}

/**
 * Refused while something in the silo has an address of the pool, and while any multicast group has: groups are in no silo.
 * Unlinking what is not linked is no error.
 */
export async function unlinkSilo(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  siloSelector: Selector,
): Promise<void> {
  const pool = await lookupPool(nexus, op, selector, "modify");
  const silo = await lookupSilo(nexus, op, siloSelector, "modify");
  await nexus.store.transaction(async (tx) => {
    if (await isInUse(tx, pool.id, silo.id)) {
      throw invalidRequest("IP addresses from this pool are in use in the linked silo");
    }
    await tx.deleteFrom("ip_pool_silo").where("ip_pool_id", "=", pool.id).where("silo_id", "=", silo.id).execute();
  });
}

type Tx = Transaction<NexusTables>;

async function livePool(tx: Tx, id: string): Promise<IpPoolTable> {
  const pool = await tx
    .selectFrom("ip_pool")
    .selectAll()
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (pool === undefined) throw poolNotFound({ id });
  return pool;
}

async function findLink(tx: Tx, poolId: string, siloId: string): Promise<IpPoolSiloTable | undefined> {
  return tx
    .selectFrom("ip_pool_silo")
    .selectAll()
    .where("ip_pool_id", "=", poolId)
    .where("silo_id", "=", siloId)
    .executeTakeFirst();
}

async function findDefault(
  tx: Tx,
  siloId: string,
  kind: Pick<IpPoolTable, "pool_type" | "ip_version">,
): Promise<IpPoolSiloTable | undefined> {
  return tx
    .selectFrom("ip_pool_silo")
    .selectAll()
    .where("silo_id", "=", siloId)
    .where("pool_type", "=", kind.pool_type)
    .where("ip_version", "=", kind.ip_version)
    .where("is_default", "=", literal(1))
    .executeTakeFirst();
}

async function setDefault(tx: Tx, link: IpPoolSiloTable, isDefault: 0 | 1): Promise<IpPoolSiloTable> {
  await tx
    .updateTable("ip_pool_silo")
    .set({ is_default: isDefault })
    .where("ip_pool_id", "=", link.ip_pool_id)
    .where("silo_id", "=", link.silo_id)
    .execute();
  return { ...link, is_default: isDefault };
}

async function isInUse(tx: Tx, poolId: string, siloId: string): Promise<boolean> {
  const ofInstances = await tx
    .selectFrom("external_ip")
    .innerJoin("instance", "instance.id", "external_ip.parent_id")
    .innerJoin("project", "project.id", "instance.project_id")
    .select("external_ip.id")
    .where("external_ip.ip_pool_id", "=", poolId)
    .where("external_ip.time_deleted", "is", null)
    .where("project.silo_id", "=", siloId)
    .limit(1)
    .executeTakeFirst();
  if (ofInstances !== undefined) return true;
  const floating = await tx
    .selectFrom("external_ip")
    .innerJoin("project", "project.id", "external_ip.project_id")
    .select("external_ip.id")
    .where("external_ip.ip_pool_id", "=", poolId)
    .where("external_ip.time_deleted", "is", null)
    .where("project.silo_id", "=", siloId)
    .limit(1)
    .executeTakeFirst();
  if (floating !== undefined) return true;
  const link = await findLink(tx, poolId, siloId);
  if (link === undefined) return false;
  const group = await tx
    .selectFrom("multicast_group")
    .select("id")
    .where("ip_pool_id", "=", poolId)
    .where("time_deleted", "is", null)
    .limit(1)
    .executeTakeFirst();
  return group !== undefined;
}
