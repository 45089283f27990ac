/** VPCs and what is in them: subnets, routers and their routes, firewall rules, internet gateways. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpNet, Ipv4Net, Ipv6Net } from "../../common/network.ts";
import { identity, identityCreate, identityUpdate, Name, NameOrId } from "../common.ts";

export const Vpc = s.named(
  "Vpc",
  s.object({
    ...identity,
    dns_name: Name,
    ipv6_prefix: s.described("Every subnet has a /64 of it.", Ipv6Net),
    project_id: s.uuid(),
    system_router_id: s.described("The router with the default routes and one to each subnet.", s.uuid()),
  }),
  "A virtual private cloud: a network of a project's own.",
);
export type Vpc = Infer<typeof Vpc>;
export const VpcResultsPage = resultsPageOf("Vpc", Vpc);
export const VpcCreate = s.named(
  "VpcCreate",
  s.object({
    ...identityCreate,
    dns_name: Name,
    ipv6_prefix: s.nullish(s.described("A /48 in fd00::/8; random when absent.", Ipv6Net)),
  }),
);
export const VpcUpdate = s.named("VpcUpdate", s.object({ ...identityUpdate, dns_name: s.nullish(Name) }));

export const VpcSubnet = s.named(
  "VpcSubnet",
  s.object({
    ...identity,
    custom_router_id: s.nullish(s.uuid()),
    ipv4_block: Ipv4Net,
    ipv6_block: Ipv6Net,
    vpc_id: s.uuid(),
  }),
  "A subnet of a VPC. The first five and the last address of each block are reserved.",
);
export type VpcSubnet = Infer<typeof VpcSubnet>;
export const VpcSubnetResultsPage = resultsPageOf("VpcSubnet", VpcSubnet);
export const VpcSubnetCreate = s.named(
  "VpcSubnetCreate",
  s.object({
    ...identityCreate,
    custom_router: s.nullish(NameOrId),
    ipv4_block: s.described("Private, of a prefix length from 8 to 26, overlapping no other subnet.", Ipv4Net),
    ipv6_block: s.nullish(s.described("A /64 of the VPC's prefix; chosen when absent.", Ipv6Net)),
  }),
);
export const VpcSubnetUpdate = s.named(
  "VpcSubnetUpdate",
  s.object({ ...identityUpdate, custom_router: s.nullish(s.described("Detached when absent or null.", NameOrId)) }),
);

export const VpcRouter = s.named(
  "VpcRouter",
  s.object({ ...identity, kind: s.named("VpcRouterKind", s.enum(["system", "custom"])), vpc_id: s.uuid() }),
  "A set of routes that subnets use.",
);
export type VpcRouter = Infer<typeof VpcRouter>;
export const VpcRouterResultsPage = resultsPageOf("VpcRouter", VpcRouter);
export const VpcRouterCreate = s.named("VpcRouterCreate", s.object(identityCreate));
export const VpcRouterUpdate = s.named("VpcRouterUpdate", s.object(identityUpdate));

const tagged = <const T extends string>(type: T) => ({ type: s.literal(type) });
const named = <const T extends string>(type: T) => s.object({ ...tagged(type), value: Name });
const address = s.object({ ...tagged("ip"), value: s.ip() });
const network = s.object({ ...tagged("ip_net"), value: IpNet });

export const RouteTarget = s.named(
  "RouteTarget",
  s.oneOf([
    address,
    named("vpc"),
    named("subnet"),
    named("instance"),
    named("internet_gateway"),
    s.object(tagged("drop")),
  ]),
  "Where a route sends packets. Users may not name VPCs and subnets.",
);
export const RouteDestination = s.named(
  "RouteDestination",
  s.oneOf([address, network, named("vpc"), named("subnet")]),
  "Which packets a route is for. Users may not name VPCs.",
);
const ends = { destination: RouteDestination, target: RouteTarget } as const;

export const RouterRoute = s.named(
  "RouterRoute",
  s.object({
    ...identity,
    ...ends,
    kind: s.named("RouterRouteKind", s.enum(["default", "vpc_subnet", "vpc_peering", "custom"])),
    vpc_router_id: s.uuid(),
  }),
  "A route of a router. Only `custom` ones are the user's.",
);
export type RouterRoute = Infer<typeof RouterRoute>;
export const RouterRouteResultsPage = resultsPageOf("RouterRoute", RouterRoute);
export const RouterRouteCreate = s.named("RouterRouteCreate", s.object({ ...identityCreate, ...ends }));
export const RouterRouteUpdate = s.named("RouterRouteUpdate", s.object({ ...identityUpdate, ...ends }));

const peer = s.oneOf([named("vpc"), named("subnet"), named("instance"), address, network]);
const IcmpFilter = s.named(
  "VpcFirewallIcmpFilter",
  s.object({
    code: s.nullish(
      s.named(
        "IcmpParamRange",
        s.string({ pattern: "^[0-9]{1,3}(-[0-9]{1,3})?$", minLength: 1, maxLength: 7 }),
        "A number from 0 to 255, or a range of such.",
      ),
    ),
    icmp_type: s.u8(),
  }),
);
const Protocol = s.named(
  "VpcFirewallRuleProtocol",
  s.oneOf([
    s.object(tagged("tcp")),
    s.object(tagged("udp")),
    s.object({ ...tagged("icmp"), value: s.nullable(IcmpFilter) }),
    s.object({ ...tagged("icmp6"), value: s.nullable(IcmpFilter) }),
  ]),
);
const Filters = s.named(
  "VpcFirewallRuleFilter",
  s.object({
    hosts: s.nullish(s.array(s.named("VpcFirewallRuleHostFilter", peer), { maxItems: 256 })),
    ports: s.nullish(
      s.array(
        s.named(
          "L4PortRange",
          s.string({ pattern: "^[0-9]{1,5}(-[0-9]{1,5})?$", minLength: 1, maxLength: 11 }),
          "A port from 1 to 65535, or a range of such.",
        ),
        { maxItems: 256 },
      ),
    ),
    protocols: s.nullish(s.array(Protocol, { maxItems: 256 })),
  }),
  "What traffic a rule is about. A filter that is absent passes everything; all of those given must pass.",
);
const Target = s.named("VpcFirewallRuleTarget", peer, "Which instances a rule is applied to.");
const ruleFields = {
  action: s.named("VpcFirewallRuleAction", s.enum(["allow", "deny"])),
  direction: s.named("VpcFirewallRuleDirection", s.enum(["inbound", "outbound"])),
  filters: Filters,
  priority: s.described("The lowest number wins; at equal priority, `deny` does.", s.u16()),
  status: s.named("VpcFirewallRuleStatus", s.enum(["disabled", "enabled"])),
} as const;

export const VpcFirewallRule = s.named(
  "VpcFirewallRule",
  s.object({ ...identity, ...ruleFields, targets: s.array(Target), vpc_id: s.uuid() }),
);
export type VpcFirewallRule = Infer<typeof VpcFirewallRule>;
export const VpcFirewallRules = s.named("VpcFirewallRules", s.object({ rules: s.array(VpcFirewallRule) }));
export const VpcFirewallRuleUpdateParams = s.named(
  "VpcFirewallRuleUpdateParams",
  s.object({
    rules: s.optional(
      s.array(
        s.named(
          "VpcFirewallRuleUpdate",
          s.object({ ...identityCreate, ...ruleFields, targets: s.array(Target, { maxItems: 256 }) }),
        ),
        { maxItems: 1024 },
      ),
      [],
    ),
  }),
  "All the rules of a VPC; those it has now are replaced.",
);

export const InternetGateway = s.named("InternetGateway", s.object({ ...identity, vpc_id: s.uuid() }));
export type InternetGateway = Infer<typeof InternetGateway>;
export const InternetGatewayResultsPage = resultsPageOf("InternetGateway", InternetGateway);
export const InternetGatewayCreate = s.named("InternetGatewayCreate", s.object(identityCreate));
export const InternetGatewayIpPool = s.named(
  "InternetGatewayIpPool",
  s.object({ ...identity, internet_gateway_id: s.uuid(), ip_pool_id: s.uuid() }),
);
export const InternetGatewayIpPoolResultsPage = resultsPageOf("InternetGatewayIpPool", InternetGatewayIpPool);
export const InternetGatewayIpAddress = s.named(
  "InternetGatewayIpAddress",
  s.object({ ...identity, address: s.ip(), internet_gateway_id: s.uuid() }),
);
export const InternetGatewayIpAddressResultsPage = resultsPageOf("InternetGatewayIpAddress", InternetGatewayIpAddress);
