/** Between wire and domain: the rack's network configuration, and how the reconciler is doing. */
import type { ServiceZoneNatEntry, WriteNetworkConfigRequest } from "@racklet/api-types/sled-agent/latest";
import type { WriteNetworkConfigRequest as V33 } from "@racklet/api-types/sled-agent/v33/network-config";
import { sourceNatIssue } from "@racklet/api-types/sled-agent/latest";
import { invalid } from "../errors.ts";
import { entryToDpd, type NatEntry } from "../scrimlet/nat-entry.ts";
import type { NetworkConfig } from "../scrimlet/network-config.ts";
import type { PassReport } from "../scrimlet/reconciler.ts";
import type { ScrimletStatus } from "../scrimlet/index.ts";
import { WHOLE_ADDRESS, checkServiceNat, type ServiceZone } from "../scrimlet/service-nat.ts";
import { ip, mac, uuid } from "./wire-words.ts";

/** Throws `invalid` for entries that cannot all be served. */
export function configFromWire({ generation, body }: WriteNetworkConfigRequest, version: string): NetworkConfig {
  const { blueprint_external_networking_config: config } = body;
  const serviceNat =
    config == null
      ? undefined
      : checkServiceNat({
          generation: config.blueprint_external_networking_generation,
          zones: config.service_zone_nat_entries.map(zoneFromWire),
        });
  return { version, generation, body, serviceNat };
}

/** The same for the form of versions 33 to 38. */
export function configFromV33({ generation, body }: V33, version: string): NetworkConfig {
  const { service_zone_nat_entries: zones } = body;
  const serviceNat =
    zones == null ? undefined : checkServiceNat({ generation: undefined, zones: zones.map(zoneFromWire) });
  return { version, generation, body, serviceNat };
}

function zoneFromWire(zone: ServiceZoneNatEntry): ServiceZone {
  const { kind } = zone;
  const target = { sledAddress: ip(zone.sled_underlay_ip), mac: mac(zone.nic_mac), vni: zone.vni };
  const zoneId = uuid(zone.zone_id);
  if (kind.kind !== "boundary_ntp") {
    return { zoneId, kind: kind.kind, entry: { external: ip(kind.external_ip), ...WHOLE_ADDRESS, ...target } };
  }
  const { snat_cfg: snat } = kind;
  const issue = sourceNatIssue(snat);
  if (issue !== null) throw invalid(`service_zone_nat_entries: zone ${zoneId}: ${issue}`);
  const entry = { external: ip(snat.ip), low: snat.first_port, high: snat.last_port, ...target };
  return { zoneId, kind: kind.kind, entry };
}

export const configToWire = (config: NetworkConfig | undefined): unknown =>
  config === undefined ? null : { version: config.version, generation: config.generation, body: config.body };

/** Upstream's words: what goes on now, and how the last pass ended. */
export function scrimletStatusToWire(status: ScrimletStatus): unknown {
  if (status.state === "inert") {
    return { service_zone_nat: { current_status: { status: "inert", reason: status.reason }, last_completion: null } };
  }
  const { task, report } = status;
  const { current, last } = task;
  return {
    service_zone_nat: {
      current_status:
        current === null
          ? { status: "idle" }
          : {
              status: "running",
              reason: reasonToWire(current),
              started_at: current.startedAt,
              running_for_ms: current.elapsedMs,
            },
      last_completion:
        last === null
          ? null
          : {
              reason: reasonToWire(last),
              started_at: last.startedAt,
              ran_for_ms: last.elapsedMs,
              activation_count: last.iteration,
              status: "error" in last ? { status: "failed", error: last.error.message } : { status: "complete" },
            },
      consecutive_failures: task.consecutiveFailures,
      last_report: report === undefined ? null : reportToWire(report),
    },
  };
}

function reasonToWire({ iteration, reason }: { readonly iteration: number; readonly reason: string }): string {
  if (iteration === 1) return "startup";
  return reason === "signaled" ? "system_networking_config_changed" : "periodic_timer";
}

function reportToWire(report: PassReport): unknown {
  const all = (entries: readonly NatEntry[] | undefined): unknown => (entries ?? []).map(entryToDpd);
  switch (report.method) {
    case "none":
      return { status: "no_nat_entries_config" };
    case "list":
      return {
        status: "applied_one_by_one",
        unchanged: report.unchanged,
        created: all(report.added),
        removed: all(report.removed),
        failures: report.failures,
      };
    case "group":
      return report.outcome === "superseded"
        ? { status: "superseded", generation: report.generation }
        : {
            status: report.outcome,
            generation: report.generation,
            counts: report.counts,
            cleared: all(report.cleared),
            leftovers: all(report.leftovers),
          };
  }
}
