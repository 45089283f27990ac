/** Links: making, listing and removing them. */
import type { linkOperations } from "@racklet/api-types/dpd/operations/link";
import { macToBytes } from "@racklet/net";
import type { DpdHandlers } from "./handlers.ts";
import { linkToWire, paramsFromWire } from "./wire-link.ts";

export const linkHandlers: DpdHandlers<typeof linkOperations> = {
  link_list: (ctx, { params }) => ctx.ports.listLinks(params.port_id).map((link) => linkToWire(ctx, link)),
  link_create: ({ ports }, { params, body }) => ports.createLink(params.port_id, paramsFromWire(body)),
  link_get: (ctx, { params }) => linkToWire(ctx, ctx.ports.getLink(params.port_id, params.link_id)),
  link_delete: ({ ports }, { params }) => ports.deleteLink(params.port_id, params.link_id),
  link_list_all: (ctx, { query }) => ctx.ports.listAllLinks(query.filter).map((link) => linkToWire(ctx, link)),
  tfport_data: ({ ports }) =>
    ports.tfportData().map(({ portId, linkId, asicId, mac, ipv6Enabled, linkLocal }) => ({
      port_id: portId,
      link_id: linkId,
      asic_id: asicId,
      mac: macToBytes(mac),
      ipv6_enabled: ipv6Enabled,
      link_local: linkLocal,
    })),
};
