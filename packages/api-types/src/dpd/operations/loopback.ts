/** Addresses of the switch itself, on whatever link they are asked for. */
import { declare } from "@racklet/api-kit";
import { Ipv4Entries, Ipv4Entry, Ipv6Entries, Ipv6Entry } from "../latest-network.ts";
import { loopbackIpv4, loopbackIpv6 } from "../params-network.ts";
import { V } from "../versions.ts";

export const loopbackOperations = {
  loopback_ipv4_list: declare({
    operationId: "loopback_ipv4_list",
    method: "GET",
    path: "/loopback/ipv4",
    summary: "List the IPv4 addresses of the switch itself",
    revisions: [{ since: V.INITIAL, response: Ipv4Entries }],
  }),
  loopback_ipv4_create: declare({
    operationId: "loopback_ipv4_create",
    method: "POST",
    path: "/loopback/ipv4",
    idempotent: true,
    summary: "Give the switch itself an IPv4 address",
    description: "One that it has is no error.",
    revisions: [{ since: V.INITIAL, body: Ipv4Entry }],
  }),
  loopback_ipv4_delete: declare({
    operationId: "loopback_ipv4_delete",
    method: "DELETE",
    path: "/loopback/ipv4/{ipv4}",
    params: loopbackIpv4,
    summary: "Take an IPv4 address from the switch itself",
    description: "One that it has not is no error.",
    revisions: [{ since: V.INITIAL }],
  }),
  loopback_ipv6_list: declare({
    operationId: "loopback_ipv6_list",
    method: "GET",
    path: "/loopback/ipv6",
    summary: "List the IPv6 addresses of the switch itself",
    revisions: [{ since: V.INITIAL, response: Ipv6Entries }],
  }),
  loopback_ipv6_create: declare({
    operationId: "loopback_ipv6_create",
    method: "POST",
    path: "/loopback/ipv6",
    idempotent: true,
    summary: "Give the switch itself an IPv6 address",
    description: "One that it has is no error.",
    revisions: [{ since: V.INITIAL, body: Ipv6Entry }],
  }),
  loopback_ipv6_delete: declare({
    operationId: "loopback_ipv6_delete",
    method: "DELETE",
    path: "/loopback/ipv6/{ipv6}",
    params: loopbackIpv6,
    summary: "Take an IPv6 address from the switch itself",
    description: "One that it has not is no error.",
    revisions: [{ since: V.INITIAL }],
  }),
};
