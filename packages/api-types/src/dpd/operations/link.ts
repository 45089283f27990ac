/** Links: making, listing and removing them. */
import { declare, param, query } from "@racklet/api-kit";
import { Link, LinkCreate, LinkId, Links, TfportDataList } from "../latest-network.ts";
import { link, port } from "../params-network.ts";
import { Link as V1Link, LinkCreate as V1LinkCreate, Links as V1Links } from "../v1/link.ts";
import { downLink, downLinks } from "../v12/link.ts";
import { upLinkCreate } from "../v13/link.ts";
import { V } from "../versions.ts";

const filter = { filter: query.optional(param.string()) };

export const linkOperations = {
  link_list: declare({
    operationId: "link_list",
    method: "GET",
    path: "/ports/{port_id}/links",
    params: port,
    summary: "List the links of a port",
    revisions: [
      { since: V.PRBS_ERROR_TRACKING, response: Links },
      { since: V.INITIAL, response: V1Links, down: downLinks },
    ],
  }),
  link_create: declare({
    operationId: "link_create",
    method: "POST",
    path: "/ports/{port_id}/links",
    params: port,
    summary: "Create a link",
    description:
      "Answers its number, which is its first lane. 503 when the lanes are taken or the ASIC cannot take it on now.",
    revisions: [
      { since: V.ALLOW_DDM_TRAFFIC, body: LinkCreate, response: LinkId, status: 201 },
      { since: V.INITIAL, body: V1LinkCreate, response: LinkId, status: 201, up: upLinkCreate },
    ],
  }),
  link_get: declare({
    operationId: "link_get",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}",
    params: link,
    summary: "Get a link",
    revisions: [
      { since: V.PRBS_ERROR_TRACKING, response: Link },
      { since: V.INITIAL, response: V1Link, down: downLink },
    ],
  }),
  link_delete: declare({
    operationId: "link_delete",
    method: "DELETE",
    path: "/ports/{port_id}/links/{link_id}",
    params: link,
    summary: "Delete a link and its addresses",
    revisions: [{ since: V.INITIAL }],
  }),
  link_list_all: declare({
    operationId: "link_list_all",
    method: "GET",
    path: "/links",
    query: filter,
    summary: "List the links of all ports",
    description: "With a filter, those whose `<port>/<link>` contains it.",
    revisions: [
      { since: V.PRBS_ERROR_TRACKING, response: Links },
      { since: V.INITIAL, response: V1Links, down: downLinks },
    ],
  }),
  tfport_data: declare({
    operationId: "tfport_data",
    method: "GET",
    path: "/links/tfport_data",
    summary: "List what the host needs to know of each link",
    revisions: [{ since: V.INITIAL, response: TfportDataList }],
  }),
};
