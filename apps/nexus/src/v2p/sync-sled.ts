/** Brings one sled's V2P mappings to what they should be. */
import { canonicalIp } from "@racklet/net";
import { mapBounded } from "../bounded.ts";
import type { NexusContext } from "../context.ts";
import { oldestSledAgentOf, type OldestSledAgentClient, type SledPeer } from "../peers/sled-agent.ts";
import { mappingsByKey, planMappings, type Mapping } from "./mapping.ts";

export interface SledMappings {
  readonly set: number;
  readonly removed: number;
}

export interface SyncOptions {
  readonly desired: ReadonlyMap<string, Mapping>;
  /** Asks the sled what it has, whatever is remembered. */
  readonly look: boolean;
  readonly signal: AbortSignal;
}

/** The services' own network: not Nexus' to touch. */
const SERVICES_VNI = 100;
const AT_ONCE = 16;
/** Of one call: a sled that does not answer must not hold up the others' next pass. */
const DEADLINE_MS = 3_000;

/** Throws what the sled-agent's client throws; then the next pass looks again. */
export async function syncSledMappings(
  nexus: NexusContext,
  sled: SledPeer,
  { desired, look, signal }: SyncOptions,
): Promise<SledMappings> {
  const agent = oldestSledAgentOf(nexus, sled);
  const options = { signal, deadlineMs: DEADLINE_MS };
  const remembered = look ? undefined : nexus.applied.mappings(sled.id);
  const current = remembered ?? (await readMappings(agent, options));
  // From here on, until all of it is done, nobody knows.
  nexus.applied.forgetMappings(sled.id);
  const { set, remove } = planMappings(current, desired);
  await mapBounded(remove, AT_ONCE, (mapping) => agent.del_v2p({ body: toWire(mapping) }, options));
  await mapBounded(set, AT_ONCE, (mapping) => agent.set_v2p({ body: toWire(mapping) }, options));
  nexus.applied.setMappings(sled.id, desired);
  return { set: set.length, removed: remove.length };
}

async function readMappings(
  agent: OldestSledAgentClient,
  options: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<Map<string, Mapping>> {
  const found = await agent.list_v2p({}, options);
  return mappingsByKey(
    found
      .filter(({ vni }) => vni !== SERVICES_VNI)
      .map(({ vni, virtual_ip, virtual_mac, physical_host_ip }) => ({
        vni,
        virtualIp: canonicalIp(virtual_ip) ?? virtual_ip,
        virtualMac: virtual_mac.toUpperCase(),
        physicalHostIp: canonicalIp(physical_host_ip) ?? physical_host_ip,
      })),
  );
}

const toWire = ({ vni, virtualIp, virtualMac, physicalHostIp }: Mapping) => ({
  vni,
  virtual_ip: virtualIp,
  virtual_mac: virtualMac,
  physical_host_ip: physicalHostIp,
});
