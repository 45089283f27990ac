/** Handlers of the newest version: parse, ask the domain, translate. */
import type { Handlers, Input, Override } from "@racklet/api-kit";
import type { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import type { WriteNetworkConfigRequest as V33NetworkConfig } from "@racklet/api-types/sled-agent/v33/network-config";
import type { SledAgentContext } from "../context.ts";
import { SledAgentError } from "../errors.ts";
import { SIZE } from "../sled/sled.ts";
import { networkHandlers } from "./network-handlers.ts";
import { requestFromWire, stateRequestFromWire, statusToWire } from "./wire.ts";
import { configFromV33, configFromWire } from "./wire-scrimlet.ts";

export const handlers: Handlers<SledAgentContext, typeof sledAgentApi.operations> = {
  ...networkHandlers,

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

  write_network_bootstore_config: ({ networkConfig }, { body, request }) =>
    networkConfig.write(configFromWire(body, request.version.semver.text)),

  // The uplinks are part of the network configuration; this is what is left of telling them by themselves.
  uplink_ensure: () => undefined,

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

/** An older configuration is kept as it came, so it is not converted. */
export const overrides: Readonly<Record<string, Override<SledAgentContext>>> = {
  "write_network_bootstore_config@BOOTSTORE_SERVICE_NAT": (
    { networkConfig },
    { body, request }: Input<unknown, unknown, V33NetworkConfig>,
  ) => networkConfig.write(configFromV33(body, request.version.semver.text)),
};

/** Mode `sim` stands in for upstream's simulator, which answers some calls with this text: a client's test may expect it. */
function checkImplemented({ config }: SledAgentContext): void {
  if (config.mode === "sim") throw new SledAgentError("notInSimulator", "Method not implemented in sled-agent-sim");
}
