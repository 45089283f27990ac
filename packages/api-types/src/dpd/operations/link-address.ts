/** The addresses of links. */
import { declare } from "@racklet/api-kit";
import { Ipv4Entry, Ipv4EntryPage, Ipv6Entry, Ipv6EntryPage } from "../latest-network.ts";
import { link, linkIpv4, linkIpv6 } from "../params-network.ts";
import { V } from "../versions.ts";

export const linkAddressOperations = {
  link_ipv4_list: declare({
    operationId: "link_ipv4_list",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/ipv4",
    params: link,
    paginated: true,
    summary: "List the IPv4 addresses of a link",
    description: "In numeric order.",
    revisions: [{ since: V.INITIAL, response: Ipv4EntryPage }],
  }),
  link_ipv4_create: declare({
    operationId: "link_ipv4_create",
    method: "POST",
    path: "/ports/{port_id}/links/{link_id}/ipv4",
    params: link,
    summary: "Add an IPv4 address to a link",
    description: "409 when the link has it.",
    revisions: [{ since: V.INITIAL, body: Ipv4Entry }],
  }),
  link_ipv4_reset: declare({
    operationId: "link_ipv4_reset",
    method: "DELETE",
    path: "/ports/{port_id}/links/{link_id}/ipv4",
    params: link,
    summary: "Remove all IPv4 addresses of a link",
    revisions: [{ since: V.INITIAL }],
  }),
  link_ipv4_delete: declare({
    operationId: "link_ipv4_delete",
    method: "DELETE",
    path: "/ports/{port_id}/links/{link_id}/ipv4/{address}",
    params: linkIpv4,
    summary: "Remove an IPv4 address from a link",
    revisions: [{ since: V.INITIAL }],
  }),
  link_ipv6_list: declare({
    operationId: "link_ipv6_list",
    method: "GET",
    path: "/ports/{port_id}/links/{link_id}/ipv6",
    params: link,
    paginated: true,
    summary: "List the IPv6 addresses of a link",
    description: "In numeric order.",
    revisions: [{ since: V.INITIAL, response: Ipv6EntryPage }],
  }),
  link_ipv6_create: declare({
    operationId: "link_ipv6_create",
    method: "POST",
    path: "/ports/{port_id}/links/{link_id}/ipv6",
    params: link,
    summary: "Add an IPv6 address to a link",
    description: "409 when the link has it.",
    revisions: [{ since: V.INITIAL, body: Ipv6Entry }],
  }),
  link_ipv6_reset: declare({
    operationId: "link_ipv6_reset",
    method: "DELETE",
    path: "/ports/{port_id}/links/{link_id}/ipv6",
    params: link,
    summary: "Remove all IPv6 addresses of a link",
    revisions: [{ since: V.INITIAL }],
  }),
  link_ipv6_delete: declare({
    operationId: "link_ipv6_delete",
    method: "DELETE",
    path: "/ports/{port_id}/links/{link_id}/ipv6/{address}",
    params: linkIpv6,
    summary: "Remove an IPv6 address from a link",
    revisions: [{ since: V.INITIAL }],
  }),
};
