/** NAT groups and times in their wire form; entries have theirs in the domain. */
import { JsonList } from "@racklet/api-kit";
import type { NatGroupEnsureResult, NatGroupState } from "@racklet/api-types/dpd/latest";
import type { NatGroupState as GroupState } from "../nat/group.ts";
import type { NatGroupReport } from "../nat/group-report.ts";
import { wireNat, natWriter, type WireNat } from "../nat/wire.ts";
import type { NatRow } from "../table/nat.ts";

export function reportToWire(report: NatGroupReport): NatGroupEnsureResult {
  return {
    group: report.group,
    generation: report.generation,
    outcome: report.outcome,
    counts: report.counts,
    added: listOf(report.added),
    retargeted: listOf(report.retargeted),
    removed: listOf(report.removed),
    adopted: listOf(report.adopted),
  };
}

const listOf = (rows: readonly NatRow[]): WireNat[] => JsonList.of(rows, wireNat, natWriter);

export function groupToWire(state: GroupState): NatGroupState {
  return {
    group: state.group,
    generation: state.generation,
    content_hash: state.contentHash,
    ipv4_entries: state.ipv4Entries,
    ipv6_entries: state.ipv6Entries,
    drifted: state.drifted,
    missing: state.missing,
    last_ensured: timeToWire(state.lastEnsured),
    last_changed: timeToWire(state.lastChanged),
  };
}

/** Milliseconds since the epoch in RFC 3339. */
export function timeToWire(ms: number): string {
  return new Date(ms).toISOString();
}
