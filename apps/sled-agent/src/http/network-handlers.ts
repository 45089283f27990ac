/** Handlers for what OPTE is told: parse, ask the domain, translate. */
import type { Handlers } from "@racklet/api-kit";
import type { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import type { SledAgentContext } from "../context.ts";
import { attachSubnet, detachSubnet } from "../opte/attached-subnets.ts";
import { addExternalIp, removeExternalIp } from "../opte/external-ips.ts";
import { joinGroup, leaveGroup } from "../opte/membership.ts";
import { externalIpFromWire, probeFromWire } from "./wire.ts";
import {
  firewallRuleFromWire,
  forwardingFromWire,
  forwardingToWire,
  gatewaysFromWire,
  m2pFromWire,
  membershipFromWire,
  routeSetFromWire,
  routerToWire,
  subnetFromWire,
  subnetsFromWire,
  v2pFromWire,
  v2pToWire,
} from "./wire-network.ts";
import { ip } from "./wire-words.ts";

type Operations = (typeof sledAgentApi)["operations"];
type NetworkOperation =
  | "vmm_put_external_ip"
  | "vmm_delete_external_ip"
  | "vmm_put_attached_subnets"
  | "vmm_delete_attached_subnets"
  | "vmm_post_attached_subnet"
  | "vmm_delete_attached_subnet"
  | "vmm_join_multicast_group"
  | "vmm_leave_multicast_group"
  | `${"set" | "del" | "list"}_v2p`
  | `${"set" | "clear" | "list"}_mcast_${"m2p" | "fwd"}`
  | `${"set" | "list"}_vpc_routes`
  | "set_eip_gateways"
  | "vpc_firewall_rules_put"
  | "probes_put";

export const networkHandlers: Handlers<SledAgentContext, Pick<Operations, NetworkOperation>> = {
  vmm_put_external_ip: ({ vmms }, { params, body }) => {
    const change = externalIpFromWire(body);
    return vmms.changeExternalIps(params.propolis_id, (current) => addExternalIp(current, change));
  },

  vmm_delete_external_ip: ({ vmms }, { params, body }) => {
    const change = externalIpFromWire(body);
    return vmms.changeExternalIps(params.propolis_id, (current) => removeExternalIp(current, change));
  },

  vmm_put_attached_subnets: ({ vmms }, { params, body }) => {
    const subnets = subnetsFromWire(body.subnets);
    return vmms.changeSubnets(params.propolis_id, () => subnets);
  },

  vmm_delete_attached_subnets: ({ vmms }, { params }) =>
    vmms.changeSubnets(params.propolis_id, (current) => (current.length === 0 ? current : [])),

  vmm_post_attached_subnet: ({ vmms }, { params, body }) => {
    const subnet = subnetFromWire(body);
    return vmms.changeSubnets(params.propolis_id, (current) => attachSubnet(current, subnet));
  },

  vmm_delete_attached_subnet: ({ vmms }, { params }) =>
    vmms.changeSubnets(params.propolis_id, (current) => detachSubnet(current, params.subnet)),

  vmm_join_multicast_group: ({ vmms }, { params, body }) => {
    const membership = membershipFromWire(body);
    return vmms.changeMemberships(params.propolis_id, (current) => joinGroup(current, membership));
  },

  // By the group alone: sources that could not be joined for are no reason to stay.
  vmm_leave_multicast_group: ({ vmms }, { params, body }) =>
    vmms.changeMemberships(params.propolis_id, (current) => leaveGroup(current, ip(body.group_ip))),

  set_v2p: ({ opte }, { body }) => opte.v2p.set(v2pFromWire(body)),

  del_v2p: ({ opte }, { body }) => opte.v2p.delete(v2pFromWire(body)),

  list_v2p: ({ opte }) => opte.v2p.list().map(v2pToWire),

  set_mcast_m2p: ({ opte }, { body }) => opte.m2p.set(m2pFromWire(body)),

  clear_mcast_m2p: ({ opte }, { body }) => opte.m2p.clear(m2pFromWire(body)),

  list_mcast_m2p: ({ opte }) => opte.m2p.list(),

  set_mcast_fwd: ({ opte }, { body }) => opte.forwarding.set(forwardingFromWire(body)),

  clear_mcast_fwd: ({ opte }, { body }) => opte.forwarding.clear(ip(body.underlay)),

  list_mcast_fwd: ({ opte }) => opte.forwarding.list().map(forwardingToWire),

  list_vpc_routes: ({ opte }) => opte.ports.routers.list().map(routerToWire),

  set_vpc_routes: ({ opte }, { body }) => opte.ports.setRoutes(body.map(routeSetFromWire)),

  set_eip_gateways: ({ opte }, { body }) => opte.ports.setGateways(gatewaysFromWire(body)),

  // The simulator takes them, and does nothing.
  probes_put: ({ config, opte }, { body }) => {
    const probes = body.probes.map(probeFromWire);
    if (config.mode === "real") opte.probes.set(probes);
  },

  vpc_firewall_rules_put: ({ opte }, { body }) =>
    opte.ports.setFirewallRules(body.vni, body.rules.map(firewallRuleFromWire)),
};
