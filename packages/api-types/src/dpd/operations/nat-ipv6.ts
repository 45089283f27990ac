/** NAT entries of IPv6, one at a time. */
import { declare } from "@racklet/api-kit";
import { Ipv6AddressPage, Ipv6NatPage, NatTarget } from "../latest.ts";
import { natIpv6, natIpv6Port, natIpv6Range } from "../params.ts";
import { V } from "../versions.ts";

export const natIpv6Operations = {
  nat_ipv6_addresses_list: declare({
    operationId: "nat_ipv6_addresses_list",
    method: "GET",
    path: "/nat/ipv6",
    paginated: true,
    summary: "List the IPv6 addresses that have NAT entries",
    description: "In numeric order. A page has at most 64 addresses.",
    revisions: [{ since: V.INITIAL, response: Ipv6AddressPage }],
  }),
  nat_ipv6_reset: declare({
    operationId: "nat_ipv6_reset",
    method: "DELETE",
    path: "/nat/ipv6",
    summary: "Delete all IPv6 NAT entries",
    description: "Those of NAT groups too: the groups stay, drifted, and their next ensure restores them.",
    revisions: [{ since: V.INITIAL }],
  }),
  nat_ipv6_list: declare({
    operationId: "nat_ipv6_list",
    method: "GET",
    path: "/nat/ipv6/{ipv6}",
    params: natIpv6,
    paginated: true,
    summary: "List the NAT entries of an IPv6 address",
    description: "In the order of their ports. A page has at most 64 entries; an unknown address has none.",
    revisions: [{ since: V.INITIAL, response: Ipv6NatPage }],
  }),
  nat_ipv6_get: declare({
    operationId: "nat_ipv6_get",
    method: "GET",
    path: "/nat/ipv6/{ipv6}/{low}",
    params: natIpv6Port,
    summary: "Get the target of an IPv6 address and port",
    description: "Finds the entry whose range contains the port.",
    revisions: [{ since: V.INITIAL, response: NatTarget }],
  }),
  nat_ipv6_delete: declare({
    operationId: "nat_ipv6_delete",
    method: "DELETE",
    path: "/nat/ipv6/{ipv6}/{low}",
    params: natIpv6Port,
    summary: "Delete the NAT entry of an IPv6 address and port",
    description:
      "Deletes the entry whose range contains the port; that there is none is no error. A NAT group that owned it is drifted afterwards.",
    revisions: [{ since: V.INITIAL }],
  }),
  nat_ipv6_create: declare({
    operationId: "nat_ipv6_create",
    method: "PUT",
    path: "/nat/ipv6/{ipv6}/{low}/{high}",
    params: natIpv6Range,
    summary: "Create an IPv6 NAT entry",
    description:
      "Leads traffic to an address and an inclusive range of ports to a guest. The same entry again is no error; any other entry that overlaps is a conflict (409), it is never replaced.",
    revisions: [{ since: V.INITIAL, body: NatTarget }],
  }),
};
