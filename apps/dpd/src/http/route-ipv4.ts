/** IPv4 routes, over next hops of either family. */
import { resultsPage } from "@racklet/api-kit";
import type { routeIpv4Operations } from "@racklet/api-types/dpd/operations/route-ipv4";
import { formatIpNet } from "@racklet/net";
import type { DpdHandlers } from "./handlers.ts";
import { readNet } from "./read.ts";
import { netAfter } from "./selectors.ts";
import { hopFromWire, targetFromWire, targetToWire } from "./wire-route.ts";

export const routeIpv4Handlers: DpdHandlers<typeof routeIpv4Operations> = {
  route_ipv4_list: ({ routes: { ipv4 } }, { page }) => {
    const routes = ipv4.list(page.limit, netAfter(page, "ipv4"));
    const items = routes.map(({ cidr, targets }) => ({ cidr: formatIpNet(cidr), targets: targets.map(targetToWire) }));
    return resultsPage(items, ({ cidr }) => ({ cidr }));
  },
  route_ipv4_add: ({ routes: { ipv4 } }, { body: { cidr, target } }) =>
    ipv4.add(readNet(cidr, "cidr"), targetFromWire(target)),
  route_ipv4_set: ({ routes: { ipv4 } }, { body: { cidr, target, replace } }) =>
    ipv4.set(readNet(cidr, "cidr"), targetFromWire(target), replace),
  route_ipv4_over_ipv6_add: ({ routes: { ipv4 } }, { body: { cidr, target } }) =>
    ipv4.add(readNet(cidr, "cidr"), hopFromWire(target)),
  route_ipv4_over_ipv6_set: ({ routes: { ipv4 } }, { body: { cidr, target, replace } }) =>
    ipv4.set(readNet(cidr, "cidr"), hopFromWire(target), replace),
  route_ipv4_get: ({ routes: { ipv4 } }, { params }) =>
    ipv4.get(readNet(params.cidr, "cidr")).targets.map(targetToWire),
  route_ipv4_delete: ({ routes: { ipv4 } }, { params }) => ipv4.delete(readNet(params.cidr, "cidr")),
  route_ipv4_delete_target: ({ routes: { ipv4 } }, { params: { cidr, port_id, link_id, tgt_ip } }) =>
    ipv4.deleteTarget(readNet(cidr, "cidr"), port_id, link_id, tgt_ip),
};
