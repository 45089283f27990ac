/** IPv6 routes. */
import { declare } from "@racklet/api-kit";
import { Ipv6RouteTargets, Ipv6RouteUpdate, Ipv6RoutesPage } from "../latest-network.ts";
import { routeIpv6, routeIpv6Target } from "../params-network.ts";
import { V } from "../versions.ts";

export const routeIpv6Operations = {
  route_ipv6_list: declare({
    operationId: "route_ipv6_list",
    method: "GET",
    path: "/route/ipv6",
    paginated: true,
    summary: "List the IPv6 routes",
    revisions: [{ since: V.INITIAL, response: Ipv6RoutesPage }],
  }),
  route_ipv6_add: declare({
    operationId: "route_ipv6_add",
    method: "POST",
    path: "/route/ipv6",
    idempotent: true,
    summary: "Add a next hop to an IPv6 network",
    description: "A network has at most 32 next hops. One that it has is no error.",
    revisions: [{ since: V.INITIAL, body: Ipv6RouteUpdate }],
  }),
  route_ipv6_set: declare({
    operationId: "route_ipv6_set",
    method: "PUT",
    path: "/route/ipv6",
    summary: "Route an IPv6 network over one next hop",
    description:
      "The same single next hop again is no error; a different route is a conflict (409) unless `replace` is set. A replacement that fails leaves the old route working.",
    revisions: [{ since: V.INITIAL, body: Ipv6RouteUpdate }],
  }),
  route_ipv6_get: declare({
    operationId: "route_ipv6_get",
    method: "GET",
    path: "/route/ipv6/{cidr}",
    params: routeIpv6,
    summary: "Get the next hops of an IPv6 network",
    revisions: [{ since: V.INITIAL, response: Ipv6RouteTargets }],
  }),
  route_ipv6_delete: declare({
    operationId: "route_ipv6_delete",
    method: "DELETE",
    path: "/route/ipv6/{cidr}",
    params: routeIpv6,
    summary: "Delete the route of an IPv6 network",
    revisions: [{ since: V.INITIAL }],
  }),
  route_ipv6_delete_target: declare({
    operationId: "route_ipv6_delete_target",
    method: "DELETE",
    path: "/route/ipv6/{cidr}/{port_id}/{link_id}/{tgt_ip}",
    params: routeIpv6Target,
    summary: "Delete a next hop of an IPv6 network",
    description: "With the last one the route goes.",
    revisions: [{ since: V.INITIAL }],
  }),
};
