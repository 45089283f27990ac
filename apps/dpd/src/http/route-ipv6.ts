/** IPv6 routes. */
import { resultsPage } from "@racklet/api-kit";
import type { routeIpv6Operations } from "@racklet/api-types/dpd/operations/route-ipv6";
import { formatIpNet } from "@racklet/net";
import type { DpdHandlers } from "./handlers.ts";
import { readNet } from "./read.ts";
import { netAfter } from "./selectors.ts";
import { hopFromWire, hopToWire } from "./wire-route.ts";

export const routeIpv6Handlers: DpdHandlers<typeof routeIpv6Operations> = {
  route_ipv6_list: ({ routes: { ipv6 } }, { page }) => {
    const routes = ipv6.list(page.limit, netAfter(page, "ipv6"));
    const items = routes.map(({ cidr, targets }) => ({ cidr: formatIpNet(cidr), targets: targets.map(hopToWire) }));
    return resultsPage(items, ({ cidr }) => ({ cidr }));
  },
  route_ipv6_add: ({ routes: { ipv6 } }, { body: { cidr, target } }) =>
    ipv6.add(readNet(cidr, "cidr"), hopFromWire(target)),
  route_ipv6_set: ({ routes: { ipv6 } }, { body: { cidr, target, replace } }) =>
    ipv6.set(readNet(cidr, "cidr"), hopFromWire(target), replace),
  route_ipv6_get: ({ routes: { ipv6 } }, { params }) => ipv6.get(readNet(params.cidr, "cidr")).targets.map(hopToWire),
  route_ipv6_delete: ({ routes: { ipv6 } }, { params }) => ipv6.delete(readNet(params.cidr, "cidr")),
  route_ipv6_delete_target: ({ routes: { ipv6 } }, { params: { cidr, port_id, link_id, tgt_ip } }) =>
    ipv6.deleteTarget(readNet(cidr, "cidr"), port_id, link_id, tgt_ip),
};
