/** What sled-agents and switches tell of themselves. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { SledAgentInfo } from "@racklet/api-types/nexus-internal/types";
import { canonicalIp } from "@racklet/net";
import type { NexusContext } from "../../context.ts";
import { invalidRequest } from "../../errors.ts";
import { ABANDONED_VMM_REAPER, INSTANCE_WATCHER, V2P_MANAGER, VPC_FIREWALL_RULES } from "../../tasks/names.ts";
import { getSled, registerSled, registerSwitch, type SledReport, type SledRow } from "../../sled/register.ts";

type Operations = Pick<(typeof nexusInternalApi)["operations"], "sled_agent_get" | "sled_agent_put" | "switch_put">;

/**
 * A sled-agent tells its record when it starts, and when it listens elsewhere: what was put off while it was away is done, and
 * what it may have lost is missed.
 */
function lookAfter(nexus: NexusContext, sledId: string): void {
  nexus.applied.forget(sledId);
  for (const task of [ABANDONED_VMM_REAPER, INSTANCE_WATCHER, V2P_MANAGER, VPC_FIREWALL_RULES]) {
    nexus.tasks.activate(task);
  }
}

export const sledHandlers: Handlers<NexusContext, Operations> = {
  sled_agent_get: async (nexus, { params }) => toWire(await getSled(nexus, params.sled_id)),
  sled_agent_put: async (nexus, { params, body }) => {
    await registerSled(nexus, fromWire(params.sled_id, body));
    lookAfter(nexus, params.sled_id);
  },
  switch_put: async (nexus, { params, body }) => {
    const { part: part_number, serial: serial_number, revision } = body.baseboard;
    await registerSwitch(nexus, { id: params.switch_id, rack_id: body.rack_id, part_number, serial_number, revision });
    return {};
  },
};

const ADDRESS = /^\[([0-9a-fA-F:.]+)\]:(\d{1,5})$/;

function fromWire(id: string, info: SledAgentInfo): SledReport {
  const [, host = "", port] = ADDRESS.exec(info.sa_address) ?? [];
  const ip = canonicalIp(host);
  if (ip === null || !ip.includes(":") || Number(port) > 65_535) {
    throw invalidRequest(`sa_address must be [IPV6]:PORT, is ${info.sa_address}`);
  }
  return {
    id,
    sled_agent_address: info.sa_address,
    underlay_address: canonicalIp(info.underlay_address ?? ip) ?? ip,
    repo_depot_port: info.repo_depot_port,
    dpd_url: info.dpd_url ?? null,
    serial_number: info.baseboard.serial,
    part_number: info.baseboard.part,
    revision: info.baseboard.revision,
    is_scrimlet: info.role === "scrimlet" ? 1 : 0,
    usable_hardware_threads: info.usable_hardware_threads,
    usable_physical_ram: info.usable_physical_ram,
    reservoir_size: info.reservoir_size,
    cpu_family: info.cpu_family,
    sled_agent_gen: info.generation,
  };
}

function toWire(sled: SledRow): SledAgentInfo {
  return {
    sa_address: sled.sled_agent_address,
    underlay_address: sled.underlay_address,
    repo_depot_port: sled.repo_depot_port,
    dpd_url: sled.dpd_url,
    role: sled.is_scrimlet === 1 ? "scrimlet" : "gimlet",
    baseboard: { serial: sled.serial_number, part: sled.part_number, revision: sled.revision },
    usable_hardware_threads: sled.usable_hardware_threads,
    usable_physical_ram: sled.usable_physical_ram,
    reservoir_size: sled.reservoir_size,
    // The column is only written from validated bodies.
    cpu_family: sled.cpu_family as SledAgentInfo["cpu_family"],
    generation: sled.sled_agent_gen,
    decommissioned: sled.state === "decommissioned",
  };
}
