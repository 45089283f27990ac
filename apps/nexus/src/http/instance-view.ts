/** Instances, interfaces and external IPs as the wire has them. */
import type { ExternalIp as ExternalIpView } from "@racklet/api-types/nexus/v2025112000/instance";
import type { InstanceNetworkInterface, PrivateIpStack } from "@racklet/api-types/nexus/v2026010300/instance";
import type { Instance, InstanceCpuPlatform } from "@racklet/api-types/nexus/v2026060800/instance";
import { NexusError } from "../errors.ts";
import type { ExternalIp } from "../external-ip/allocate.ts";
import type { InstanceRecord } from "../instance/record.ts";
import { runState, runStateTime } from "../instance/run-state.ts";
import type { NicRow } from "../nic/create.ts";
import { identityView } from "./identity.ts";

export function instanceView(record: InstanceRecord): Instance {
  return {
    ...identityView(record),
    project_id: record.project_id,
    ncpus: record.ncpus,
    memory: record.memory_bytes,
    hostname: record.hostname,
    run_state: runState(record),
    time_run_state_updated: runStateTime(record),
    boot_disk_id: record.boot_disk_id,
    // Nothing restarts a failed instance by itself yet, whatever its policy asks for.
    auto_restart_enabled: false,
    auto_restart_policy: record.auto_restart_policy,
    auto_restart_cooldown_expiration: null,
    time_last_auto_restarted: null,
    // The column is only written from validated bodies.
    cpu_platform: record.cpu_platform as InstanceCpuPlatform | null,
    enable_jumbo_frames: record.enable_jumbo_frames === 1,
  };
}

export function nicView(row: NicRow): InstanceNetworkInterface {
  return {
    ...identityView(row),
    instance_id: row.instance_id,
    vpc_id: row.vpc_id,
    subnet_id: row.subnet_id,
    mac: row.mac,
    primary: row.is_primary === 1,
    ip_stack: stackView(row),
  };
}

function stackView(row: NicRow): PrivateIpStack {
  const v4 = row.ipv4 === null ? null : { ip: row.ipv4, transit_ips: prefixes(row.transit_ips_v4) };
  const v6 = row.ipv6 === null ? null : { ip: row.ipv6, transit_ips: prefixes(row.transit_ips_v6) };
  if (v4 !== null && v6 !== null) return { type: "dual_stack", value: { v4, v6 } };
  if (v4 !== null) return { type: "v4", value: v4 };
  if (v6 !== null) return { type: "v6", value: v6 };
  throw new NexusError("internal", `interface ${row.id} has no address`);
}

/** The column is only written from a list of texts. */
const prefixes = (json: string): string[] => JSON.parse(json) as string[];

export function externalIpView(row: ExternalIp): ExternalIpView {
  const { ip, ip_pool_id, kind } = row;
  switch (kind) {
    case "snat":
      return { kind, ip, ip_pool_id, first_port: row.first_port, last_port: row.last_port };
    case "ephemeral":
      return { kind, ip, ip_pool_id };
    case "floating": {
      const { name, description, project_id } = row;
      if (name === null || description === null || project_id === null) {
        throw new NexusError("internal", `floating IP ${row.id} has no name, description or project`);
      }
      return {
        kind,
        ip,
        ip_pool_id,
        ...identityView({ ...row, name, description }),
        project_id,
        instance_id: row.parent_id,
      };
    }
  }
}
