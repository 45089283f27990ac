/** Operations on what the ports of a sled have in common: routes, firewall rules, internet gateways. */
import { declare, param, s, type Infer } from "@racklet/api-kit";
import { ExternalIpGatewayMap } from "./v1/eip-gateways.ts";
import { firewallEnsureBodyOf, type FirewallEnsureBodyOf } from "./v1/firewall.ts";
import * as v1 from "./v1/local-config.ts";
import { ResolvedVpcRouteSet, ResolvedVpcRouteState } from "./v1/vpc-routes.ts";
import * as v10 from "./v10/local-config.ts";
import { interfaceUp } from "./v10/network-interface.ts";
import { FirewallRule } from "./v31/local-config.ts";
import { V } from "./versions.ts";

type Rule<S> = FirewallEnsureBodyOf<Infer<S>>;

const firewallUp = (body: Rule<typeof v1.FirewallRule>): Rule<typeof v10.FirewallRule> => ({
  ...body,
  rules: body.rules.map((rule) => ({ ...rule, targets: rule.targets.map(interfaceUp) })),
});

export const VpcFirewallRulesEnsureBody = firewallEnsureBodyOf(FirewallRule);
export type VpcFirewallRulesEnsureBody = Infer<typeof VpcFirewallRulesEnsureBody>;

export const vpcOperations = {
  list_vpc_routes: declare({
    operationId: "list_vpc_routes",
    method: "GET",
    path: "/vpc-routes",
    summary: "List the routers that ports of this sled use",
    description: "With the version of each, but not its routes.",
    revisions: [{ since: V.INITIAL, response: s.array(ResolvedVpcRouteState) }],
  }),
  set_vpc_routes: declare({
    operationId: "set_vpc_routes",
    method: "PUT",
    path: "/vpc-routes",
    summary: "State the routes of routers",
    description:
      "Ignores a router that no port of this sled uses, and a version that does not supersede the one there is. 400 for a router named twice.",
    revisions: [{ since: V.INITIAL, body: s.array(ResolvedVpcRouteSet) }],
  }),
  set_eip_gateways: declare({
    operationId: "set_eip_gateways",
    method: "PUT",
    path: "/eip-gateways",
    summary: "State the internet gateways of external addresses",
    description: "Replaces the whole map, also for ports that are made later.",
    revisions: [{ since: V.INITIAL, body: ExternalIpGatewayMap }],
  }),
  vpc_firewall_rules_put: declare({
    operationId: "vpc_firewall_rules_put",
    method: "PUT",
    path: "/vpc/{vpc_id}/firewall/rules",
    summary: "State the firewall rules of a VPC",
    description:
      "Replaces those of every port with the VNI of the body; the id in the path is not used. Ports made later get theirs when they are made.",
    params: { vpc_id: param.uuid() },
    revisions: [
      { since: V.ADD_ICMPV6_FIREWALL_SUPPORT, body: VpcFirewallRulesEnsureBody },
      {
        since: V.ADD_DUAL_STACK_SHARED_NETWORK_INTERFACES,
        body: firewallEnsureBodyOf(v10.FirewallRule),
        up: (body: Rule<typeof v10.FirewallRule>): VpcFirewallRulesEnsureBody => body,
      },
      { since: V.INITIAL, body: firewallEnsureBodyOf(v1.FirewallRule), up: firewallUp },
    ],
  }),
};
