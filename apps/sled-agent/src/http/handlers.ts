/** Handlers of the newest version: parse, ask the domain, translate. */
import type { Handlers } from "@racklet/api-kit";
import type { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import type { SledAgentContext } from "../context.ts";
import { SledAgentError } from "../errors.ts";
import { SIZE } from "../sled/sled.ts";
import {
  externalIpRequestFromWire,
  requestFromWire,
  stateRequestFromWire,
  statusToWire,
  v2pFromWire,
  v2pToWire,
} from "./wire.ts";

export const handlers: Handlers<SledAgentContext, typeof sledAgentApi.operations> = {
  vmm_register: ({ vmms }, { params, body }) => statusToWire(vmms.register(requestFromWire(params.propolis_id, body))),

  vmm_unregister: async ({ vmms }, { params }) => {
    const status = await vmms.unregister(params.propolis_id);
    return { updated_runtime: status && statusToWire(status) };
  },

  vmm_put_state: async ({ vmms }, { params, body }) => {
    const status = await vmms.putState(params.propolis_id, stateRequestFromWire(body.state));
    return { updated_runtime: status && statusToWire(status) };
  },

  vmm_get_state: ({ vmms }, { params }) => statusToWire(vmms.getState(params.propolis_id)),

  vmm_put_external_ip: ({ vmms }, { params, body }) =>
    vmms.putExternalIp(params.propolis_id, externalIpRequestFromWire(body)),

  vmm_delete_external_ip: ({ vmms }, { params, body }) =>
    vmms.deleteExternalIp(params.propolis_id, externalIpRequestFromWire(body)),

  set_v2p: ({ opte }, { body }) => opte.v2p.set(v2pFromWire(body)),

  del_v2p: ({ opte }, { body }) => opte.v2p.delete(v2pFromWire(body)),

  list_v2p: ({ opte }) => opte.v2p.list().map(v2pToWire),

  sled_role_get: (ctx) => {
    checkImplemented(ctx);
    return ctx.sled.role;
  },

  sled_identifiers: (ctx) => {
    checkImplemented(ctx);
    const { sledId, rackId, baseboard } = ctx.sled;
    return {
      sled_id: sledId,
      rack_id: rackId,
      model: baseboard.part,
      revision: baseboard.revision,
      serial: baseboard.serial,
    };
  },

  inventory: ({ sled, listenAddress }) => ({
    sled_id: sled.sledId,
    sled_agent_address: listenAddress(),
    sled_role: sled.role,
    baseboard_id: { part_number: sled.baseboard.part, serial_number: sled.baseboard.serial },
    usable_hardware_threads: SIZE.usableHardwareThreads,
    usable_physical_ram: SIZE.usablePhysicalRam,
    reservoir_size: SIZE.reservoirSize,
    cpu_family: SIZE.cpuFamily,
    disks: [],
    zpools: [],
    datasets: [],
    reconciler_status: { status: "not_yet_run" },
  }),
};

function checkImplemented({ config }: SledAgentContext): void {
  if (config.mode === "sim") throw new SledAgentError("notInSimulator", "Method not implemented in sled-agent-sim");
}
