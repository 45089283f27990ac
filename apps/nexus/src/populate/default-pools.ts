/**
 * One default unicast pool of either IP version for the first silo, where the configuration asks for them. Each is made
 * once: what operators change or delete later stays so. A start that was cut short is completed by the next.
 */
import type { NexusContext } from "../context.ts";
import { linkSilo } from "../ip-pool/silo-links.ts";
import { createPool } from "../ip-pool/pools.ts";
import { addRange } from "../ip-pool/ranges.ts";
import { internalOpContext } from "../op-context.ts";

interface DefaultPool {
  readonly name: string;
  readonly ipVersion: "v4" | "v6";
  readonly first: string;
  readonly last: string;
}

const POOLS: readonly DefaultPool[] = [
  { name: "default", ipVersion: "v4", first: "10.0.1.0", last: "10.0.1.255" },
  { name: "default-ipv6", ipVersion: "v6", first: "fc00::1", last: "fc00::ffff" },
];

export async function populateDefaultPools(nexus: NexusContext, siloId: string): Promise<void> {
  for (const pool of POOLS) await populatePool(nexus, siloId, pool);
}

async function populatePool(nexus: NexusContext, siloId: string, wanted: DefaultPool): Promise<void> {
  const op = internalOpContext("populate", nexus.world.log);
  const { db } = nexus.store;
  const { name, ipVersion, first, last } = wanted;
  const known = await db.selectFrom("ip_pool").select(["id", "time_deleted"]).where("name", "=", name).execute();
  const live = known.find((pool) => pool.time_deleted === null);
  if (live === undefined && known.length > 0) return;
  const description = `${ipVersion === "v4" ? "IPv4" : "IPv6"} default pool`;
  const spec = { name, description, ipVersion, poolType: "unicast", assignment: "silos" } as const;
  const { id } = live ?? (await createPool(nexus, op, spec));
  // The range comes last: a pool that never had one was not completed.
  const range = await db.selectFrom("ip_pool_range").select("id").where("ip_pool_id", "=", id).executeTakeFirst();
  if (range !== undefined) return;
  const link = await db.selectFrom("ip_pool_silo").select("silo_id").where("ip_pool_id", "=", id).executeTakeFirst();
  if (link === undefined) await linkSilo(nexus, op, { id }, { silo: { id: siloId }, isDefault: true });
  await addRange(nexus, op, { id }, { first, last });
}
