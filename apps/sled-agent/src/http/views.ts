/** What an operator sees beside the API: health, OPTE's state and metrics. */
import { Metrics } from "@racklet/api-kit";
import type { SledAgentContext } from "../context.ts";
import { formatL4PortRange } from "@racklet/net";
import type { EipGateways } from "../opte/gateways.ts";
import type { Opte } from "../opte/index.ts";
import { snapshotOf, violations } from "../opte/invariants.ts";
import { filterOf } from "../opte/membership.ts";
import { routerKey, type Router } from "../opte/routes.ts";
import { FAMILIES, type ExternalIps, type Port, type PortRule, type PrivateIps } from "../opte/types.ts";
import type { SeenVmm } from "../vmm/types.ts";
import { statusToWire } from "./wire.ts";
import { forwardingToWire, routerToWire, v2pToWire } from "./wire-network.ts";
import { configToWire, scrimletStatusToWire } from "./wire-scrimlet.ts";

export const healthToWire = ({ config, sled, registrar }: SledAgentContext): unknown => {
  const registration = registrar()?.status;
  return {
    service: "sled-agent",
    sled_id: sled.sledId,
    mode: config.mode,
    role: sled.role,
    registration: registration?.state ?? "pending",
    registration_error: registration?.lastError ?? null,
  };
};

/** `GET` only, and for loopback clients. */
export const debugViews = ({
  opte,
  vmms,
  networkConfig,
  scrimlet,
}: SledAgentContext): Record<string, () => unknown> => ({
  "/debug/vmms": () => vmms.list().map(vmmToWire),
  "/debug/opte/ports": () => opte.ports.list().map(({ owner, port }) => portToWire(owner, port)),
  "/debug/opte/v2p": () => opte.v2p.list().map(v2pToWire),
  "/debug/opte/m2p": () => opte.m2p.list(),
  "/debug/opte/forwarding": () => opte.forwarding.list().map(forwardingToWire),
  "/debug/opte/subscriptions": () => subscriptionsToWire(opte),
  "/debug/opte/routes": () => opte.ports.routers.list().map(routerWithRoutesToWire),
  "/debug/opte/eip-gateways": () => gatewaysToWire(opte.ports.gateways),
  "/debug/opte/violations": () => violations(snapshotOf(opte)),
  "/debug/network-config": () => configToWire(networkConfig.current),
  "/debug/scrimlet-reconcilers-status": () => scrimletStatusToWire(scrimlet.status()),
});

const vmmToWire = ({ propolisId, status, pid }: SeenVmm): unknown => ({
  propolis_id: propolisId,
  ...statusToWire(status),
  propolis_addr: status.propolisAddr ?? null,
  propolis_pid: pid ?? null,
  failure_reason: status.failureReason ?? null,
});

function portToWire(owner: string, port: Port): unknown {
  const { name, nic, gateway, externalIps, mtu } = port;
  return {
    name,
    propolis_id: owner,
    nic_id: nic.id,
    nic_kind: nic.kind,
    primary: nic.isPrimary,
    slot: nic.slot,
    mac: nic.mac,
    vni: nic.vni,
    mtu: mtu ?? null,
    gateway: { mac: gateway.mac, v4: gateway.v4 ?? null, v6: gateway.v6 ?? null },
    ip_config: privateIpsToWire(nic.ips),
    external_ips: externalIpsToWire(externalIps),
    attached_subnets: port.attachedSubnets,
    firewall_rules: port.firewallRules.map(portRuleToWire),
    routers: port.routers.map(({ id }) => routerKey(id)),
    multicast_groups: port.memberships.map(({ group, sources }) => ({ group_ip: group, sources })),
  };
}

function portRuleToWire({ direction, action, priority, protocol, host, ports }: PortRule): unknown {
  return {
    direction,
    action,
    priority,
    protocol: protocol.type,
    icmp_type: ("icmpType" in protocol ? protocol.icmpType : undefined) ?? null,
    icmp_codes: "codes" in protocol && protocol.codes ? `${protocol.codes.low}-${protocol.codes.high}` : null,
    host: host.type === "any" ? "any" : `${host.type} ${host.value}`,
    ports: ports?.map(formatL4PortRange) ?? null,
  };
}

/** A subscription without an underlay group receives nothing until there is one. */
function subscriptionsToWire({ ports, m2p }: Opte): unknown {
  return ports.list().flatMap(({ owner, port }) =>
    port.memberships.map((membership) => ({
      propolis_id: owner,
      port: port.name,
      vni: port.nic.vni,
      group_ip: membership.group,
      underlay: m2p.find(membership.group) ?? null,
      filter: filterOf(membership),
    })),
  );
}

const routerWithRoutesToWire = (router: Router): unknown => ({
  ...routerToWire(router),
  router: routerKey(router.id),
  active_ports: router.activePorts,
  routes: router.routes,
});

const gatewaysToWire = (gateways: EipGateways): unknown =>
  Object.fromEntries([...gateways].map(([nic, byAddress]) => [nic, Object.fromEntries(byAddress)]));

function privateIpsToWire(ips: PrivateIps): unknown {
  return Object.fromEntries(
    FAMILIES.map((family) => {
      const config = ips[family];
      return [family, config ? { ip: config.ip, subnet: config.subnet, transit_ips: config.transitIps } : null];
    }),
  );
}

function externalIpsToWire(externalIps: ExternalIps): unknown {
  return Object.fromEntries(
    FAMILIES.map((family) => {
      const config = externalIps[family];
      if (config === undefined) return [family, null];
      const { sourceNat: snat } = config;
      return [
        family,
        {
          source_nat: snat ? { ip: snat.ip, first_port: snat.firstPort, last_port: snat.lastPort } : null,
          ephemeral_ip: config.ephemeral ?? null,
          floating_ips: config.floating,
        },
      ];
    }),
  );
}

export function sledAgentMetrics({ vmms, opte, registrar }: SledAgentContext): Metrics {
  const metrics = new Metrics();
  metrics.gauge("sled_agent_vmms", "Registered VMMs by state", () =>
    [...vmms.countByState()].map(([state, count]) => [{ state }, count] as const),
  );
  metrics.gauge("sled_agent_opte_ports", "OPTE ports", () => [[{}, opte.ports.size]]);
  metrics.gauge("sled_agent_v2p_mappings", "V2P mappings", () => [[{}, opte.v2p.size]]);
  metrics.gauge("sled_agent_m2p_mappings", "M2P mappings", () => [[{}, opte.m2p.size]]);
  metrics.gauge("sled_agent_forwarding_entries", "Multicast forwarding entries", () => [[{}, opte.forwarding.size]]);
  metrics.gauge("sled_agent_registered", "1 while Nexus has this sled's record", () => [
    [{}, registrar()?.status.state === "registered" ? 1 : 0],
  ]);
  return metrics;
}
