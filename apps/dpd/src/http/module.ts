/** Modules of the front ports and their lights. There are none on a software switch, and the answers say so. */
import { HttpError } from "@racklet/api-kit";
import type { moduleOperations } from "@racklet/api-types/dpd/operations/module";
import type { DpdContext } from "../context.ts";
import { DpdError, invalid } from "../errors.ts";
import type { DpdHandlers } from "./handlers.ts";

type Mode = "manual" | "automatic";
interface OfPort {
  readonly params: { readonly port_id: string };
}

/** Absent for a port that can have no module. */
export function managementMode({ managementModes }: DpdContext, portId: string): Mode | undefined {
  return isFront(portId) ? (managementModes.get(portId) ?? "automatic") : undefined;
}

function noModule({ ports }: DpdContext, { params: { port_id } }: OfPort): never {
  ports.checkPort(port_id);
  if (!isFront(port_id)) throw invalid(`${port_id} is not a QSFP port`);
  throw new DpdError("missing", `there is no transceiver in ${port_id}`);
}

function noLights(): never {
  throw new HttpError(503, "there is no transceiver controller: a software switch has no lights");
}

export const moduleHandlers: DpdHandlers<typeof moduleOperations> = {
  leds_list: noLights,
  led_get: noLights,
  led_set: noLights,
  led_set_auto: noLights,
  management_mode_get: (ctx, { params: { port_id } }) => {
    ctx.ports.checkPort(port_id);
    const mode = managementMode(ctx, port_id);
    if (mode === undefined) throw invalid(`${port_id} is not a QSFP port`);
    return mode;
  },
  management_mode_set: (ctx, { params: { port_id }, body }) => {
    if (ctx.ports.listLinks(port_id).length > 0) {
      throw invalid(`the management mode of ${port_id} cannot be changed while it has links`);
    }
    if (!isFront(port_id)) throw invalid(`${port_id} is not a QSFP port`);
    ctx.managementModes.set(port_id, body);
  },
  transceivers_list: () => ({}),
  transceiver_get: noModule,
  transceiver_reset: noModule,
  transceiver_power_get: noModule,
  transceiver_power_set: noModule,
  transceiver_monitors_get: noModule,
  transceiver_datapath_get: noModule,
};

const isFront = (portId: string): boolean => portId.startsWith("qsfp");
