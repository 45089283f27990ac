/** Switch ports. */
import type { portOperations } from "@racklet/api-types/dpd/operations/port";
import { missing } from "../errors.ts";
import { getSwitchPort } from "../port/inventory.ts";
import { backplaneLink, connectorOf } from "../switch/backplane.ts";
import type { DpdContext } from "../context.ts";
import type { DpdHandlers } from "./handlers.ts";
import { managementMode } from "./module.ts";

export const portHandlers: DpdHandlers<typeof portOperations> = {
  port_list: ({ ports }) => ports.listPorts(),
  port_get: (ctx, { params: { port_id } }) => {
    ctx.ports.checkPort(port_id);
    return { port_id, management_mode: managementMode(ctx, port_id), transceiver: null };
  },
  channels_list: (ctx) =>
    ctx.ports.listPorts().map((port_id) => ({
      port_id,
      connector: port_id === "int0" ? "CPU" : String(connectorOf(port_id)),
      channels: freeLanes(ctx, port_id),
    })),
  backplane_map: ({ ports }) =>
    Object.fromEntries(
      ports.listPorts().flatMap((port) => {
        const link = backplaneLink(port);
        return link === undefined ? [] : [[port, backplaneToWire(link)]];
      }),
    ),
  port_backplane_link: ({ ports }, { params: { port_id } }) => {
    ports.checkPort(port_id);
    const link = backplaneLink(port_id);
    if (link === undefined) throw missing("not a backplane port", port_id);
    return backplaneToWire(link);
  },
};

function backplaneToWire(link: NonNullable<ReturnType<typeof backplaneLink>>) {
  return {
    tofino_connector: link.tofinoConnector,
    sidecar_connector: link.sidecarConnector,
    sidecar_leg: link.sidecarLeg,
    backplane_leg: link.backplaneLeg,
    cubby: link.cubby,
  };
}

function freeLanes({ ports }: DpdContext, portId: string): number[] {
  const taken = new Set(ports.listLinks(portId).map(({ linkId }) => linkId));
  return Array.from({ length: getSwitchPort(portId).lanes }, (_, lane) => lane).filter((lane) => !taken.has(lane));
}
