/** NAT entries of IPv4, one at a time. */
import { declare } from "@racklet/api-kit";
import { Ipv4AddressPage, Ipv4NatPage, NatTarget } from "../latest.ts";
import { natIpv4, natIpv4Port, natIpv4Range } from "../params.ts";
import { V } from "../versions.ts";

export const natIpv4Operations = {
  nat_ipv4_addresses_list: declare({
    operationId: "nat_ipv4_addresses_list",
    method: "GET",
    path: "/nat/ipv4",
    paginated: true,
    summary: "List the IPv4 addresses that have NAT entries",
    description: "In numeric order. A page has at most 64 addresses.",
    revisions: [{ since: V.INITIAL, response: Ipv4AddressPage }],
  }),
  nat_ipv4_reset: declare({
    operationId: "nat_ipv4_reset",
    method: "DELETE",
    path: "/nat/ipv4",
    summary: "Delete all IPv4 NAT entries",
    description: "Those of NAT groups too: the groups stay, drifted, and their next ensure restores them.",
    revisions: [{ since: V.INITIAL }],
  }),
  nat_ipv4_list: declare({
    operationId: "nat_ipv4_list",
    method: "GET",
    path: "/nat/ipv4/{ipv4}",
    params: natIpv4,
    paginated: true,
    summary: "List the NAT entries of an IPv4 address",
    description: "In the order of their ports. A page has at most 64 entries; an unknown address has none.",
    revisions: [{ since: V.INITIAL, response: Ipv4NatPage }],
  }),
  nat_ipv4_get: declare({
    operationId: "nat_ipv4_get",
    method: "GET",
    path: "/nat/ipv4/{ipv4}/{low}",
    params: natIpv4Port,
    summary: "Get the target of an IPv4 address and port",
    description: "Finds the entry whose range contains the port.",
    revisions: [{ since: V.INITIAL, response: NatTarget }],
  }),
  nat_ipv4_delete: declare({
    operationId: "nat_ipv4_delete",
    method: "DELETE",
    path: "/nat/ipv4/{ipv4}/{low}",
    params: natIpv4Port,
    summary: "Delete the NAT entry of an IPv4 address and port",
    description:
      "Deletes the entry whose range contains the port; that there is none is no error. A NAT group that owned it is drifted afterwards.",
    revisions: [{ since: V.INITIAL }],
  }),
  nat_ipv4_create: declare({
    operationId: "nat_ipv4_create",
    method: "PUT",
    path: "/nat/ipv4/{ipv4}/{low}/{high}",
    params: natIpv4Range,
    summary: "Create an IPv4 NAT entry",
    description:
      "Leads traffic to an address and an inclusive range of ports to a guest. The same entry again is no error; any other entry that overlaps is a conflict (409), it is never replaced.",
    revisions: [{ since: V.INITIAL, body: NatTarget }],
  }),
};
