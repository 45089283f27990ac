/** Between wire and domain: what OPTE is told beside the interfaces themselves. */
import type {
  AttachedSubnet as WireSubnet,
  ExternalIpGatewayMap,
  FirewallRule as WireRule,
  Mcast2PhysMapping,
  McastForwardingEntry,
  MulticastMembership,
  ResolvedVpcRouteSet,
  ResolvedVpcRouteState,
  RouterId as WireRouterId,
  RouterTarget,
  VirtualNetworkInterfaceHost,
} from "@racklet/api-types/sled-agent/latest";
import { parseL4PortRange, parseU8, type PortRange } from "@racklet/net";
import { invalid } from "../errors.ts";
import { uniqueSubnets } from "../opte/attached-subnets.ts";
import { hostOfNet, type FirewallRule } from "../opte/firewall.ts";
import type { ForwardingEntry } from "../opte/forwarding.ts";
import type { EipGateways } from "../opte/gateways.ts";
import type { M2pMapping } from "../opte/m2p.ts";
import { joinGroup, membershipOf } from "../opte/membership.ts";
import { canonicalSubnet, type RouteSet, type RouteTarget, type Router, type RouterId } from "../opte/routes.ts";
import type { AttachedSubnet, Membership, RuleHost, RuleProtocol } from "../opte/types.ts";
import type { V2pMapping } from "../opte/v2p.ts";
import { ip, ipNet, mac, uuid } from "./wire-words.ts";

export const v2pFromWire = (body: VirtualNetworkInterfaceHost): V2pMapping => ({
  vni: body.vni,
  virtualIp: ip(body.virtual_ip),
  virtualMac: mac(body.virtual_mac),
  physicalHostIp: ip(body.physical_host_ip),
});

export const v2pToWire = (mapping: V2pMapping): VirtualNetworkInterfaceHost => ({
  vni: mapping.vni,
  virtual_ip: mapping.virtualIp,
  virtual_mac: mapping.virtualMac,
  physical_host_ip: mapping.physicalHostIp,
});

export const subnetFromWire = ({ subnet, kind }: WireSubnet): AttachedSubnet => ({ subnet: ipNet(subnet), kind });

/** Throws `invalid` for a subnet listed twice. */
export const subnetsFromWire = (subnets: readonly WireSubnet[]): readonly AttachedSubnet[] =>
  uniqueSubnets(subnets.map(subnetFromWire));

/** Throws `invalid` for what can be no membership. */
export const membershipFromWire = ({ group_ip: group, sources }: MulticastMembership): Membership =>
  membershipOf(ip(group), sources.map(ip));

/** As if the groups were joined one after the other. */
export const membershipsFromWire = (groups: readonly MulticastMembership[]): readonly Membership[] =>
  groups.map(membershipFromWire).reduce<readonly Membership[]>(joinGroup, []);

export const m2pFromWire = ({ group, underlay }: Mcast2PhysMapping): M2pMapping => ({
  group: ip(group),
  underlay: ip(underlay),
});

export const forwardingFromWire = ({ underlay, next_hops: hops }: McastForwardingEntry): ForwardingEntry => ({
  underlay: ip(underlay),
  nextHops: hops.map(({ next_hop: address, replication, filter: { mode, sources } }) => ({
    address: ip(address),
    replication,
    filter: { mode, sources: sources.map(ip) },
  })),
});

export const forwardingToWire = ({ underlay, nextHops }: ForwardingEntry): McastForwardingEntry => ({
  underlay,
  next_hops: nextHops.map(({ address, replication, filter: { mode, sources } }) => ({
    next_hop: address,
    replication,
    filter: { mode, sources: [...sources] },
  })),
});

export const routeSetFromWire = ({ id, version, routes }: ResolvedVpcRouteSet): RouteSet => ({
  id: routerIdFromWire(id),
  version: version == null ? undefined : { routerId: uuid(version.router_id), version: version.version },
  routes: routes.map(({ dest, target }) => ({ dest: ipNet(dest), target: targetFromWire(target) })),
});

const routerIdFromWire = ({ vni, kind }: WireRouterId): RouterId => ({
  vni,
  subnet: kind.type === "system" ? undefined : canonicalSubnet(kind.subnet),
});

function targetFromWire(target: RouterTarget): RouteTarget {
  switch (target.type) {
    case "drop":
      return target;
    case "ip":
      return { type: "ip", value: ip(target.value) };
    case "vpc_subnet":
      return { type: "subnet", value: ipNet(target.value) };
    case "internet_gateway":
      return target.value.type === "system"
        ? { type: "systemInternetGateway" }
        : { type: "internetGateway", value: uuid(target.value.value) };
  }
}

export const routerToWire = ({ id, version }: Router): ResolvedVpcRouteState & { version: unknown } => ({
  id: {
    vni: id.vni,
    kind: id.subnet === undefined ? { type: "system" } : { type: "custom", subnet: id.subnet },
  },
  version: version === undefined ? null : { router_id: version.routerId, version: version.version },
});

/** Throws `invalid` for what is no interface or address, or an address written twice. */
export function gatewaysFromWire({ mappings }: ExternalIpGatewayMap): EipGateways {
  const gateways = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const [nic, byAddress] of Object.entries(mappings)) {
    const ofNic = new Map<string, readonly string[]>();
    for (const [address, ids] of Object.entries(byAddress)) {
      if (ofNic.has(ip(address))) throw invalid(`mappings: interface ${nic} has ${address} twice`);
      ofNic.set(ip(address), [...new Set(ids.map(uuid))].sort());
    }
    if (gateways.has(uuid(nic))) throw invalid(`mappings: interface ${nic} is there twice`);
    gateways.set(uuid(nic), ofNic);
  }
  return gateways;
}

/** Throws `invalid` for ports or ICMP codes that are no range. */
export const firewallRuleFromWire = (rule: WireRule): FirewallRule => ({
  isEnabled: rule.status === "enabled",
  direction: rule.direction,
  action: rule.action,
  priority: rule.priority,
  targets: rule.targets.map(({ vni, mac: address }) => ({ vni, mac: mac(address) })),
  hosts: (rule.filter_hosts ?? []).map(hostFromWire),
  ports: (rule.filter_ports ?? []).map(portsFromWire),
  protocols: (rule.filter_protocols ?? []).map(protocolFromWire),
});

type WireHost = NonNullable<WireRule["filter_hosts"]>[number];
type WireProtocol = NonNullable<WireRule["filter_protocols"]>[number];

function hostFromWire(host: WireHost): RuleHost {
  if (host.type === "vpc") return { type: "vni", value: host.value };
  const net = hostOfNet(host.value);
  if (net === null) throw invalid(`filter_hosts: ${host.value} is not an IP subnet`);
  return net;
}

function portsFromWire(text: string): PortRange {
  const range = parseL4PortRange(text);
  if (range === null) throw invalid(`filter_ports: ${text} is no port from 1 to 65535 and no range of them`);
  return range;
}

function protocolFromWire(protocol: WireProtocol): RuleProtocol {
  if (protocol.type === "tcp" || protocol.type === "udp") return { type: protocol.type };
  const { type, value } = protocol;
  if (value === null) return { type };
  return { type, icmpType: value.icmp_type, codes: value.code == null ? undefined : codesFromWire(value.code) };
}

function codesFromWire(text: string): PortRange {
  const [first = "", last = first] = text.split("-");
  const [low, high] = [parseU8(first), parseU8(last)];
  if (low === null || high === null || low > high) {
    throw invalid(`filter_protocols: ${text} is no ICMP code from 0 to 255 and no range of them`);
  }
  return { low, high };
}
