/** Version 4 lets IPv4 networks have IPv6 next hops. Older clients see only the IPv4 ones. */
import { mapPage, resultsPageOf, s, type Infer, type ResultsPage } from "@racklet/api-kit";
import { Ipv4Net } from "../../common/network.ts";
import { Ipv4Route, Ipv6Route, replace, type Ipv4Routes as V1Ipv4Routes } from "../v1/route.ts";

const variants = () => s.oneOf([s.closed({ V4: Ipv4Route }), s.closed({ V6: Ipv6Route })]);

export const Route = s.named("Route", variants(), "A next hop of either family.");
export type Route = Infer<typeof Route>;

export const RouteTarget = s.named("RouteTarget", variants(), "A next hop of either family.");
export type RouteTarget = Infer<typeof RouteTarget>;

export const Ipv4OverIpv6RouteUpdate = s.named(
  "Ipv4OverIpv6RouteUpdate",
  s.object({ cidr: Ipv4Net, target: Ipv6Route, replace }),
  "An IPv4 network and an IPv6 next hop for it.",
);
export type Ipv4OverIpv6RouteUpdate = Infer<typeof Ipv4OverIpv6RouteUpdate>;

export const Ipv4Routes = s.named(
  "Ipv4Routes",
  s.object({ cidr: Ipv4Net, targets: s.array(Route) }),
  "A network and its next hops.",
);
export type Ipv4Routes = Infer<typeof Ipv4Routes>;
export const Ipv4RoutesPage = resultsPageOf("Ipv4Routes", Ipv4Routes);
export const Ipv4RouteTargets = s.array(Route);

export function downTargets(targets: Route[]): Ipv4Route[] {
  return targets.flatMap((target) => ("V4" in target ? [target.V4] : []));
}

/** A network with IPv6 next hops only stays in the list, without any. */
export function downRoutesPage(page: ResultsPage<Ipv4Routes>): ResultsPage<V1Ipv4Routes> {
  return mapPage(page, ({ cidr, targets }) => ({ cidr, targets: downTargets(targets) }));
}
