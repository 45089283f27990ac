/** IPv4 routes. */
import { declare } from "@racklet/api-kit";
import { Ipv4OverIpv6RouteUpdate, Ipv4RouteTargets, Ipv4RouteUpdate, Ipv4RoutesPage } from "../latest-network.ts";
import { routeIpv4, routeIpv4Target, routeIpv4TargetV1 } from "../params-network.ts";
import {
  Ipv4RouteTargets as V1Ipv4RouteTargets,
  Ipv4RouteUpdate as V1Ipv4RouteUpdate,
  Ipv4RoutesPage as V1Ipv4RoutesPage,
} from "../v1/route.ts";
import { downRoutesPage, downTargets } from "../v4/route.ts";
import { upIpv4RouteUpdate } from "../v6/route.ts";
import { V } from "../versions.ts";

const ADD = "A network has at most 32 next hops. One that it has is no error.";
const SET =
  "The same single next hop again is no error; a different route is a conflict (409) unless `replace` is set. A replacement that fails leaves the old route working.";

export const routeIpv4Operations = {
  route_ipv4_list: declare({
    operationId: "route_ipv4_list",
    method: "GET",
    path: "/route/ipv4",
    paginated: true,
    summary: "List the IPv4 routes",
    revisions: [
      { since: V.V4_OVER_V6_ROUTES, response: Ipv4RoutesPage },
      { since: V.INITIAL, response: V1Ipv4RoutesPage, down: downRoutesPage },
    ],
  }),
  route_ipv4_add: declare({
    operationId: "route_ipv4_add",
    method: "POST",
    path: "/route/ipv4",
    idempotent: true,
    summary: "Add a next hop to an IPv4 network",
    description: ADD,
    revisions: [
      { since: V.CONSOLIDATED_V4_ROUTES, body: Ipv4RouteUpdate },
      { since: V.INITIAL, body: V1Ipv4RouteUpdate, up: upIpv4RouteUpdate },
    ],
  }),
  route_ipv4_set: declare({
    operationId: "route_ipv4_set",
    method: "PUT",
    path: "/route/ipv4",
    summary: "Route an IPv4 network over one next hop",
    description: SET,
    revisions: [
      { since: V.CONSOLIDATED_V4_ROUTES, body: Ipv4RouteUpdate },
      { since: V.INITIAL, body: V1Ipv4RouteUpdate, up: upIpv4RouteUpdate },
    ],
  }),
  route_ipv4_over_ipv6_add: declare({
    operationId: "route_ipv4_over_ipv6_add",
    method: "POST",
    path: "/route/ipv4-over-ipv6",
    idempotent: true,
    summary: "Add an IPv6 next hop to an IPv4 network",
    description: ADD,
    revisions: [
      { since: V.CONSOLIDATED_V4_ROUTES, removed: true },
      { since: V.V4_OVER_V6_ROUTES, body: Ipv4OverIpv6RouteUpdate },
    ],
  }),
  route_ipv4_over_ipv6_set: declare({
    operationId: "route_ipv4_over_ipv6_set",
    method: "PUT",
    path: "/route/ipv4-over-ipv6",
    summary: "Route an IPv4 network over one IPv6 next hop",
    description: SET,
    revisions: [
      { since: V.CONSOLIDATED_V4_ROUTES, removed: true },
      { since: V.V4_OVER_V6_ROUTES, body: Ipv4OverIpv6RouteUpdate },
    ],
  }),
  route_ipv4_get: declare({
    operationId: "route_ipv4_get",
    method: "GET",
    path: "/route/ipv4/{cidr}",
    params: routeIpv4,
    summary: "Get the next hops of an IPv4 network",
    revisions: [
      { since: V.V4_OVER_V6_ROUTES, response: Ipv4RouteTargets },
      { since: V.INITIAL, response: V1Ipv4RouteTargets, down: downTargets },
    ],
  }),
  route_ipv4_delete: declare({
    operationId: "route_ipv4_delete",
    method: "DELETE",
    path: "/route/ipv4/{cidr}",
    params: routeIpv4,
    summary: "Delete the route of an IPv4 network",
    revisions: [{ since: V.INITIAL }],
  }),
  route_ipv4_delete_target: declare({
    operationId: "route_ipv4_delete_target",
    method: "DELETE",
    path: "/route/ipv4/{cidr}/{port_id}/{link_id}/{tgt_ip}",
    summary: "Delete a next hop of an IPv4 network",
    description: "With the last one the route goes.",
    revisions: [
      { since: V.CONSOLIDATED_V4_ROUTES, params: routeIpv4Target },
      { since: V.INITIAL, params: routeIpv4TargetV1 },
    ],
  }),
};
