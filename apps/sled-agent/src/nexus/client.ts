/** Nexus over its internal API. */
import { ApiError, nexusInternalClient, type Schemas } from "@racklet/nexus-internal-client";
import type { World } from "@racklet/world";
import { statusToWire } from "../http/wire.ts";
import type { VmmStatus } from "../vmm/types.ts";
import { NexusRefusedError, type Nexus, type RegisteredSled, type SledDescription } from "./nexus.ts";

/** A Nexus that is silent this long has probably gone away; its successor is told at once. */
const DEADLINE_MS = 5_000;

/** `url`: of Nexus' internal listener. */
export function nexusOverHttp(url: string, world: World): Nexus {
  // Who calls knows best when to call again.
  const client = nexusInternalClient({ baseUrl: url, world, deadlineMs: DEADLINE_MS, retries: { attempts: 0 } });
  return {
    findSled: async (sledId, signal) => {
      try {
        return sledFromWire(await client.sled_agent_get({ path: { sled_id: sledId } }, { signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw refusalOf(error);
      }
    },
    putSled: (sledId, { description, generation }, signal) =>
      refusing(
        client.sled_agent_put({ path: { sled_id: sledId }, body: sledToWire(description, generation) }, { signal }),
      ),
    putSwitch: ({ id, rackId, baseboard }, signal) =>
      refusing(client.switch_put({ path: { switch_id: id }, body: { rack_id: rackId, baseboard } }, { signal })),
    putVmmState: (propolisId, status, signal) =>
      refusing(
        client.cpapi_instances_put({ path: { propolis_id: propolisId }, body: reportToWire(status) }, { signal }),
      ),
  };
}

async function refusing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    throw refusalOf(error);
  }
}

const MAX_REASON = 1024;

function reportToWire(status: VmmStatus): Schemas["SledVmmReport"] {
  return {
    ...statusToWire(status),
    failure_reason: status.failureReason?.slice(0, MAX_REASON) ?? null,
    propolis_addr: status.propolisAddr ?? null,
  };
}

/** 408 and 429 ask to come again. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 408 || error.status === 429) return error;
  return new NexusRefusedError(error.status, error.message, error);
}

function sledToWire(description: SledDescription, generation: number): Schemas["SledAgentInfo"] {
  return {
    sa_address: description.address,
    underlay_address: description.underlayAddress ?? null,
    dpd_url: description.dpdUrl ?? null,
    repo_depot_port: description.repoDepotPort,
    role: description.role,
    baseboard: description.baseboard,
    usable_hardware_threads: description.usableHardwareThreads,
    usable_physical_ram: description.usablePhysicalRam,
    reservoir_size: description.reservoirSize,
    cpu_family: description.cpuFamily,
    generation,
    decommissioned: false,
  };
}

function sledFromWire(info: Schemas["SledAgentInfo"]): RegisteredSled {
  return {
    generation: info.generation,
    isDecommissioned: info.decommissioned,
    description: {
      address: info.sa_address,
      underlayAddress: info.underlay_address ?? undefined,
      dpdUrl: info.dpd_url ?? undefined,
      repoDepotPort: info.repo_depot_port,
      role: info.role,
      baseboard: info.baseboard,
      usableHardwareThreads: info.usable_hardware_threads,
      usablePhysicalRam: info.usable_physical_ram,
      reservoirSize: info.reservoir_size,
      cpuFamily: info.cpu_family,
    },
  };
}
