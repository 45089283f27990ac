/** Neighbours: the MAC addresses of next hops, ARP for IPv4 and NDP for IPv6. */
import { declare } from "@racklet/api-kit";
import { ArpEntry, ArpEntryPage } from "../latest-network.ts";
import { arpIp, ndpIp } from "../params-network.ts";
import { V } from "../versions.ts";

export const neighborOperations = {
  arp_list: declare({
    operationId: "arp_list",
    method: "GET",
    path: "/arp",
    paginated: true,
    summary: "List the IPv4 next hops whose MAC address is known",
    description: "In numeric order.",
    revisions: [{ since: V.INITIAL, response: ArpEntryPage }],
  }),
  arp_create: declare({
    operationId: "arp_create",
    method: "POST",
    path: "/arp",
    idempotent: true,
    summary: "Set the MAC address of an IPv4 next hop",
    description: "Takes the place of the entry that is there.",
    revisions: [{ since: V.INITIAL, body: ArpEntry }],
  }),
  arp_reset: declare({
    operationId: "arp_reset",
    method: "DELETE",
    path: "/arp",
    summary: "Delete all IPv4 next hops",
    revisions: [{ since: V.INITIAL }],
  }),
  arp_get: declare({
    operationId: "arp_get",
    method: "GET",
    path: "/arp/{ip}",
    params: arpIp,
    summary: "Get the MAC address of an IPv4 next hop",
    description: "The tag is always empty here, as upstream has it; the list tells it.",
    revisions: [{ since: V.INITIAL, response: ArpEntry }],
  }),
  arp_delete: declare({
    operationId: "arp_delete",
    method: "DELETE",
    path: "/arp/{ip}",
    params: arpIp,
    summary: "Delete an IPv4 next hop",
    revisions: [{ since: V.INITIAL }],
  }),
  ndp_list: declare({
    operationId: "ndp_list",
    method: "GET",
    path: "/ndp",
    paginated: true,
    summary: "List the IPv6 next hops whose MAC address is known",
    description: "In numeric order.",
    revisions: [{ since: V.INITIAL, response: ArpEntryPage }],
  }),
  ndp_create: declare({
    operationId: "ndp_create",
    method: "POST",
    path: "/ndp",
    idempotent: true,
    summary: "Set the MAC address of an IPv6 next hop",
    description: "Takes the place of the entry that is there.",
    revisions: [{ since: V.INITIAL, body: ArpEntry }],
  }),
  ndp_reset: declare({
    operationId: "ndp_reset",
    method: "DELETE",
    path: "/ndp",
    summary: "Delete all IPv6 next hops",
    revisions: [{ since: V.INITIAL }],
  }),
  ndp_get: declare({
    operationId: "ndp_get",
    method: "GET",
    path: "/ndp/{ip}",
    params: ndpIp,
    summary: "Get the MAC address of an IPv6 next hop",
    description: "The tag is always empty here, as upstream has it; the list tells it.",
    revisions: [{ since: V.INITIAL, response: ArpEntry }],
  }),
  ndp_delete: declare({
    operationId: "ndp_delete",
    method: "DELETE",
    path: "/ndp/{ip}",
    params: ndpIp,
    summary: "Delete an IPv6 next hop",
    revisions: [{ since: V.INITIAL }],
  }),
};
