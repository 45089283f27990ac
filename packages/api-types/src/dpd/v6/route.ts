/** Version 6 sets IPv4 routes over either family by one operation. */
import { s, type Infer } from "@racklet/api-kit";
import { Ipv4Net } from "../../common/network.ts";
import { replace, type Ipv4RouteUpdate as V1Ipv4RouteUpdate } from "../v1/route.ts";
import { RouteTarget } from "../v4/route.ts";

export const Ipv4RouteUpdate = s.named(
  "Ipv4RouteUpdate",
  s.object({ cidr: Ipv4Net, target: RouteTarget, replace }),
  "A network and a next hop for it.",
);
export type Ipv4RouteUpdate = Infer<typeof Ipv4RouteUpdate>;

export function upIpv4RouteUpdate({ target, ...rest }: V1Ipv4RouteUpdate): Ipv4RouteUpdate {
  return { ...rest, target: { V4: target } };
}
