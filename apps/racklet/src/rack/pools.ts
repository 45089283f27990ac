/** The IP pools of a new rack, so that the first instance can have an external address. */
import { ApiError, type NexusClient } from "@racklet/nexus-client";
import { SILO } from "./first-user.ts";

/** Private addresses: they are reachable nowhere, and no example or user's network is in the way. */
const POOLS = [
  { name: "default", ip_version: "v4", first: "10.0.1.0", last: "10.0.1.255" },
  { name: "default-ipv6", ip_version: "v6", first: "fc00::1:0", last: "fc00::1:ffff" },
] as const;

/** Creates what is missing of each pool, in an order in which an interruption leaves nothing that the next try stumbles over. */
export async function createPools(nexus: NexusClient, signal: AbortSignal): Promise<void> {
  await Promise.all(POOLS.map((pool) => createPool(nexus, pool, signal)));
}

async function createPool(nexus: NexusClient, pool: (typeof POOLS)[number], signal: AbortSignal): Promise<void> {
  const { name, ip_version, first, last } = pool;
  const path = { pool: name };
  const options = { signal };
  const description = `IP${ip_version} addresses for instances, created with the rack`;
  const body = { name, description, ip_version, pool_type: "unicast", assignment: "silos" } as const;
  await unlessItExists(nexus.system_ip_pool_create({ body }, options));
  const ranges = await nexus.system_ip_pool_range_list({ path, query: { limit: 1 } }, options);
  if (ranges.items.length === 0) await nexus.system_ip_pool_range_add({ path, body: { first, last } }, options);
  await unlessItExists(nexus.system_ip_pool_silo_link({ path, body: { silo: SILO, is_default: true } }, options));
}

async function unlessItExists(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "ObjectAlreadyExists") throw error;
  }
}
