/** The routers of VPCs: which routes the ports of a sled have. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpNet, Vni } from "../../common/network.ts";

export const RouterId = s.named(
  "RouterId",
  s.object({
    kind: s.named(
      "RouterKind",
      s.oneOf([s.object({ type: s.literal("system") }), s.object({ subnet: IpNet, type: s.literal("custom") })]),
      "The one router of a whole VPC, or that of one subnet.",
    ),
    vni: Vni,
  }),
  "Names a router on a sled: by its VPC, and by its subnet where it is a custom one.",
);
export type RouterId = Infer<typeof RouterId>;

export const RouterVersion = s.named(
  "RouterVersion",
  s.object({ router_id: s.uuid(), version: s.u64() }),
  "Which state of which router: a higher version of the same router supersedes a lower one, another router any.",
);
export type RouterVersion = Infer<typeof RouterVersion>;

export const InternetGatewayRouterTarget = s.named(
  "InternetGatewayRouterTarget",
  s.oneOf([s.object({ type: s.literal("instance"), value: s.uuid() }), s.object({ type: s.literal("system") })]),
  "An internet gateway by its id, or the system's.",
);

export const RouterTarget = s.named(
  "RouterTarget",
  s.oneOf([
    s.object({ type: s.literal("drop") }),
    s.object({ type: s.literal("internet_gateway"), value: InternetGatewayRouterTarget }),
    s.object({ type: s.literal("ip"), value: s.ip() }),
    s.object({ type: s.literal("vpc_subnet"), value: IpNet }),
  ]),
  "Where traffic of a route goes.",
);
export type RouterTarget = Infer<typeof RouterTarget>;

export const ResolvedVpcRoute = s.named("ResolvedVpcRoute", s.object({ dest: IpNet, target: RouterTarget }));
export type ResolvedVpcRoute = Infer<typeof ResolvedVpcRoute>;

export const ResolvedVpcRouteState = s.named(
  "ResolvedVpcRouteState",
  s.object({ id: RouterId, version: s.nullish(RouterVersion) }),
  "A router that ports of the sled use, and the state of it that they have.",
);
export type ResolvedVpcRouteState = Infer<typeof ResolvedVpcRouteState>;

export const ResolvedVpcRouteSet = s.named(
  "ResolvedVpcRouteSet",
  s.object({
    id: RouterId,
    routes: s.array(ResolvedVpcRoute, { uniqueItems: true }),
    version: s.nullish(RouterVersion),
  }),
  "All the routes of a router.",
);
export type ResolvedVpcRouteSet = Infer<typeof ResolvedVpcRouteSet>;
