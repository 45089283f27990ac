/** What an operator sees beside the API: health, OPTE's state and metrics. */
import { Metrics } from "@racklet/api-kit";
import type { SledAgentContext } from "../context.ts";
import { FAMILIES, type ExternalIps, type Port, type PrivateIps } from "../opte/types.ts";
import { v2pToWire } from "./wire.ts";

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

export const portsToWire = ({ opte }: SledAgentContext): unknown =>
  opte.ports.list().map(({ owner, port }) => portToWire(owner, port));

export const v2pViewToWire = ({ opte }: SledAgentContext): unknown => opte.v2p.list().map(v2pToWire);

function portToWire(owner: string, { name, nic, gateway, externalIps, mtu }: Port): unknown {
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
  };
}

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
  metrics.gauge("sled_agent_registered", "1 while Nexus has this sled's record", () => [
    [{}, registrar()?.status.state === "registered" ? 1 : 0],
  ]);
  return metrics;
}
