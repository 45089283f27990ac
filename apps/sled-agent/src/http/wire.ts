/** Between the wire types of the newest version and the words of the domain. */
import type {
  ExternalIpConfig,
  ExternalIpFamilyConfig,
  InstanceEnsureBody,
  InstanceExternalIpBody,
  MigrationRuntimeState,
  NetworkInterface,
  PrivateIpConfig,
  ProbeSet,
  SledVmmState,
  VmmStateRequested,
} from "@racklet/api-types/sled-agent/latest";
import { privateIpIssue, sourceNatIssue } from "@racklet/api-types/sled-agent/latest";
import { invalid } from "../errors.ts";
import { familyOf, type ExternalIpChange } from "../opte/external-ips.ts";
import type { Probe } from "../opte/probes.ts";
import type { ExternalIps, Family, FamilyExternalIps, FamilyPrivateIp, Nic, PrivateIps } from "../opte/types.ts";
import type { MigrationStatus, StateRequest, VmmRequest, VmmStatus } from "../vmm/types.ts";
import { checkDomain, checkExternalIps } from "../vmm/validate.ts";
import { firewallRuleFromWire, membershipsFromWire, subnetsFromWire } from "./wire-network.ts";
import { ip, mac, uuid } from "./wire-words.ts";

/** A state with every field written. */
export type WrittenVmmState = SledVmmState & Record<"migration_in" | "migration_out", MigrationRuntimeState | null>;

export function statusToWire(status: VmmStatus): WrittenVmmState {
  return {
    vmm_state: { state: status.state, gen: status.gen, time_updated: status.timeUpdated },
    migration_in: migrationToWire(status.migrationIn),
    migration_out: migrationToWire(status.migrationOut),
  };
}

function migrationToWire(migration: MigrationStatus | undefined): MigrationRuntimeState | null {
  if (migration === undefined) return null;
  const { migrationId, state, gen, timeUpdated } = migration;
  return { migration_id: migrationId, state, gen, time_updated: timeUpdated };
}

/** Throws `invalid` for what the schema allows but no VMM can be. */
export function requestFromWire(propolisId: string, body: InstanceEnsureBody): VmmRequest {
  const { local_config: config, vmm_runtime: runtime } = body;
  const { host_domain: hostDomain, search_domains: searchDomains } = config.dhcp_config;
  if (hostDomain != null) checkDomain("dhcp_config.host_domain", hostDomain);
  for (const domain of searchDomains) checkDomain("dhcp_config.search_domains", domain);
  return {
    propolisId,
    instanceId: uuid(body.instance_id),
    siloId: uuid(body.metadata.silo_id),
    projectId: uuid(body.metadata.project_id),
    hostname: config.hostname,
    spec: body.vmm_spec,
    nics: config.nics.map(nicFromWire),
    externalIps: externalIpsFromWire(config.external_ips),
    attachedSubnets: subnetsFromWire(config.attached_subnets),
    memberships: membershipsFromWire(config.multicast_groups),
    firewallRules: config.firewall_rules.map(firewallRuleFromWire),
    migrationId: body.migration_id == null ? undefined : uuid(body.migration_id),
    propolisAddr: body.propolis_addr,
    mtu: config.primary_nic_mtu ?? undefined,
    initial: { state: runtime.state, gen: runtime.gen, timeUpdated: runtime.time_updated },
  };
}

function nicFromWire(nic: NetworkInterface): Nic {
  return {
    id: uuid(nic.id),
    kind: { type: nic.kind.type, id: uuid(nic.kind.id) },
    name: nic.name,
    ips: privateIpsFromWire(nic.id, nic.ip_config),
    mac: mac(nic.mac),
    vni: nic.vni,
    isPrimary: nic.primary,
    slot: nic.slot,
  };
}

function privateIpsFromWire(nicId: string, config: PrivateIpConfig): PrivateIps {
  const { v4, v6 } =
    config.type === "dual_stack"
      ? config.value
      : { v4: config.type === "v4" ? config.value : undefined, v6: config.type === "v6" ? config.value : undefined };
  return { v4: v4 && privateIp(nicId, v4), v6: v6 && privateIp(nicId, v6) };
}

function privateIp(
  nicId: string,
  config: { readonly ip: string; readonly subnet: string; readonly transit_ips?: readonly string[] | undefined },
): FamilyPrivateIp {
  const issue = privateIpIssue(config);
  if (issue !== null) throw invalid(`nics: interface ${nicId}: ${issue}`);
  return { ip: ip(config.ip), subnet: config.subnet, transitIps: config.transit_ips ?? [] };
}

function externalIpsFromWire({ v4, v6 }: ExternalIpConfig): ExternalIps {
  const externalIps = { v4: familyFromWire("v4", v4), v6: familyFromWire("v6", v6) };
  checkExternalIps(externalIps);
  return externalIps;
}

function familyFromWire(
  family: string,
  config: ExternalIpFamilyConfig | null | undefined,
): FamilyExternalIps | undefined {
  if (config == null) return undefined;
  const { source_nat: snat, ephemeral_ip: ephemeral, floating_ips: floating } = config;
  const issue = snat == null ? null : sourceNatIssue(snat);
  if (issue !== null) throw invalid(`external_ips.${family}.source_nat: ${issue}`);
  return {
    sourceNat: snat == null ? undefined : { ip: ip(snat.ip), firstPort: snat.first_port, lastPort: snat.last_port },
    ephemeral: ephemeral == null ? undefined : ip(ephemeral),
    floating: floating.map(ip),
  };
}

/** Throws `invalid` for addresses that one interface cannot have together. */
export function probeFromWire({ id, interface: nic, external_ips }: ProbeSet["probes"][number]): Probe {
  const of = (family: Family): FamilyExternalIps | undefined => {
    const addresses = external_ips.filter((each) => familyOf(each.ip) === family);
    if (addresses.length === 0) return undefined;
    const ofKind = (kind: string) => addresses.filter((each) => each.kind === kind);
    const [snat, ...furtherSnat] = ofKind("snat");
    const [ephemeral, ...furtherEphemeral] = ofKind("ephemeral");
    const [further] = [...furtherSnat, ...furtherEphemeral];
    if (further !== undefined) throw invalid(`probe ${id}: ${further.ip} is its second ${further.kind} address`);
    const issue = snat === undefined ? null : sourceNatIssue(snat);
    if (issue !== null) throw invalid(`probe ${id}: external_ips: ${issue}`);
    return {
      sourceNat: snat && { ip: ip(snat.ip), firstPort: snat.first_port, lastPort: snat.last_port },
      ephemeral: ephemeral && ip(ephemeral.ip),
      floating: ofKind("floating").map((each) => ip(each.ip)),
    };
  };
  const externalIps = { v4: of("v4"), v6: of("v6") };
  checkExternalIps(externalIps);
  return { id: uuid(id), nic: nicFromWire(nic), externalIps };
}

export function stateRequestFromWire(state: VmmStateRequested): StateRequest {
  return state.type === "migration_target"
    ? { type: "migrationTarget", sourceAddr: state.value.src_propolis_addr }
    : { type: state.type };
}

export const externalIpFromWire = (body: InstanceExternalIpBody): ExternalIpChange => ({
  type: body.type,
  ip: ip(body.value),
});
