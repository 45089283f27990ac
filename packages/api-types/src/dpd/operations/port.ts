/** Switch ports. */
import { declare } from "@racklet/api-kit";
import { BackplaneLink, BackplaneMap, FreeChannelsList, PortIds, SwitchPort } from "../latest-network.ts";
import { port } from "../params-network.ts";
import { V } from "../versions.ts";

export const portOperations = {
  port_list: declare({
    operationId: "port_list",
    method: "GET",
    path: "/ports",
    summary: "List the ports of the switch",
    revisions: [{ since: V.INITIAL, response: PortIds }],
  }),
  port_get: declare({
    operationId: "port_get",
    method: "GET",
    path: "/ports/{port_id}",
    params: port,
    summary: "Get a port",
    description: "The management mode is told for front ports only.",
    revisions: [{ since: V.INITIAL, response: SwitchPort }],
  }),
  channels_list: declare({
    operationId: "channels_list",
    method: "GET",
    path: "/channels",
    summary: "List the free lanes of every port",
    revisions: [{ since: V.INITIAL, response: FreeChannelsList }],
  }),
  backplane_map: declare({
    operationId: "backplane_map",
    method: "GET",
    path: "/backplane-map",
    summary: "Get how the rear ports are cabled",
    description: "By port.",
    revisions: [{ since: V.INITIAL, response: BackplaneMap }],
  }),
  port_backplane_link: declare({
    operationId: "port_backplane_link",
    method: "GET",
    path: "/backplane-map/{port_id}",
    params: port,
    summary: "Get how a rear port is cabled",
    description: "404 for a port that is not cabled to the backplane.",
    revisions: [{ since: V.INITIAL, response: BackplaneLink }],
  }),
};
