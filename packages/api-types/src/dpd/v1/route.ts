/** Routes: the next hops of a network. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { Ipv4Net, Ipv6Net } from "../../common/network.ts";
import { LinkId, PortId } from "./port.ts";

const hop = {
  tag: s.described("Who set it.", s.string()),
  port_id: PortId,
  link_id: LinkId,
};
const vlan_id = s.nullish(s.described("Tag packets with this VLAN.", s.u16()));

export const Ipv4Route = s.named(
  "Ipv4Route",
  s.object({ ...hop, tgt_ip: s.ipv4(), vlan_id }),
  "A next hop: an IPv4 address behind a link.",
);
export type Ipv4Route = Infer<typeof Ipv4Route>;

export const Ipv6Route = s.named(
  "Ipv6Route",
  s.object({ ...hop, tgt_ip: s.ipv6(), vlan_id }),
  "A next hop: an IPv6 address behind a link.",
);
export type Ipv6Route = Infer<typeof Ipv6Route>;

export const replace = s.described("Take the place of a different route instead of refusing.", s.boolean());

export const Ipv4RouteUpdate = s.named(
  "Ipv4RouteUpdate",
  s.object({ cidr: Ipv4Net, target: Ipv4Route, replace }),
  "A network and a next hop for it.",
);
export type Ipv4RouteUpdate = Infer<typeof Ipv4RouteUpdate>;

export const Ipv4Routes = s.named(
  "Ipv4Routes",
  s.object({ cidr: Ipv4Net, targets: s.array(Ipv4Route) }),
  "A network and its next hops.",
);
export type Ipv4Routes = Infer<typeof Ipv4Routes>;
export const Ipv4RoutesPage = resultsPageOf("Ipv4Routes", Ipv4Routes);
export const Ipv4RouteTargets = s.array(Ipv4Route);

export const Ipv6RouteUpdate = s.named(
  "Ipv6RouteUpdate",
  s.object({ cidr: Ipv6Net, target: Ipv6Route, replace }),
  "A network and a next hop for it.",
);
export type Ipv6RouteUpdate = Infer<typeof Ipv6RouteUpdate>;

export const Ipv6Routes = s.named(
  "Ipv6Routes",
  s.object({ cidr: Ipv6Net, targets: s.array(Ipv6Route) }),
  "A network and its next hops.",
);
export type Ipv6Routes = Infer<typeof Ipv6Routes>;
export const Ipv6RoutesPage = resultsPageOf("Ipv6Routes", Ipv6Routes);
export const Ipv6RouteTargets = s.array(Ipv6Route);
