/** What a sled-agent is told of a VMM when it is registered: the virtual hardware, and what its network ports need. */
import type { Schemas } from "@racklet/sled-agent-client";
import type { NexusContext } from "../context.ts";
import type { ExternalIpTable } from "../db/schema.ts";
import { nicsOf, type NicRow } from "../nic/create.ts";
import { resolveFirewallRules } from "../vpc/resolve-firewall.ts";
import { getInstance } from "./record.ts";
import { sledNics } from "./sled-nics.ts";
import { vmmSpec } from "./vmm-spec.ts";

const JUMBO_MTU = 8500;
/** What guests' DHCP offers. */
const DNS_SERVERS = ["1.1.1.1", "8.8.8.8"];
const FIRST_SLED_GENERATION = 2;

/** `migrationId`: it is the target of this migration. */
export async function vmmRegistration(
  nexus: NexusContext,
  instanceId: string,
  propolisId: string,
  migrationId?: string,
): Promise<Schemas["InstanceEnsureBody"]> {
  const { db } = nexus.store;
  const instance = await getInstance(nexus, instanceId);
  const vmm = await db
    .selectFrom("vmm")
    .select(["propolis_address", "time_created"])
    .where("id", "=", propolisId)
    .executeTakeFirstOrThrow();
  const rows = await nicsOf(db, instanceId);
  const nics = await sledNics(db, rows);
  return {
    instance_id: instanceId,
    migration_id: migrationId ?? null,
    propolis_addr: vmm.propolis_address,
    metadata: { project_id: instance.project_id, silo_id: instance.silo_id },
    // Made from what is stored only: a registration that is sent again is the same.
    vmm_runtime: {
      state: migrationId === undefined ? "starting" : "migrating",
      gen: FIRST_SLED_GENERATION,
      time_updated: vmm.time_created,
    },
    vmm_spec: vmmSpec(instance, rows),
    local_config: {
      hostname: instance.hostname,
      nics,
      external_ips: await externalIpConfig(nexus, instanceId, rows),
      attached_subnets: [],
      multicast_groups: [],
      firewall_rules: await resolveFirewallRules(db, rows, nics),
      dhcp_config: { dns_servers: DNS_SERVERS, host_domain: null, search_domains: [] },
      delegated_zvols: [],
      primary_nic_mtu: instance.enable_jumbo_frames === 1 ? JUMBO_MTU : null,
    },
  };
}

/** Of the versions that the primary interface has: the source NAT block of an instance that lost its IPv4 stack rests. */
async function externalIpConfig(
  nexus: NexusContext,
  instanceId: string,
  nics: readonly NicRow[],
): Promise<Schemas["ExternalIpConfig"]> {
  const ips = await nexus.store.db
    .selectFrom("external_ip")
    .selectAll()
    .where("parent_id", "=", instanceId)
    .where("state", "=", "attached")
    .where("time_deleted", "is", null)
    .orderBy("ip_sort")
    .execute();
  const primary = nics.find((nic) => nic.is_primary === 1);
  return {
    v4: primary?.ipv4 == null ? null : family(ips, "v4"),
    v6: primary?.ipv6 == null ? null : family(ips, "v6"),
  };
}

function family(ips: readonly ExternalIpTable[], version: "v4" | "v6") {
  const of = (kind: ExternalIpTable["kind"]) => ips.filter((ip) => ip.ip_version === version && ip.kind === kind);
  const [snat] = of("snat");
  const [ephemeral] = of("ephemeral");
  const floating = of("floating").map(({ ip }) => ip);
  if (snat === undefined && ephemeral === undefined && floating.length === 0) return null;
  return {
    source_nat: snat === undefined ? null : { ip: snat.ip, first_port: snat.first_port, last_port: snat.last_port },
    ephemeral_ip: ephemeral?.ip ?? null,
    floating_ips: floating,
  };
}
