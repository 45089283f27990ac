/** Proves that a switch holds exactly Nexus' entries, by comparing them one by one; finds what generations cannot show. */
import type { DpdClient } from "@racklet/dpd-client";
import type { NexusContext } from "../context.ts";
import { natKeyText, toDpdEntry, type DpdNatEntry } from "./entry.ts";
import { findGroup, NAT_GROUP, readWhole } from "./sync-switch.ts";

export interface NatAudit {
  readonly outcome: "agrees" | "differs" | "not in sync yet";
  readonly generation: number;
  readonly entries: number;
  /** At most ten of each, for people. */
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

const PAGE = 10_000;
const SHOWN = 10;

export async function auditSwitch(nexus: NexusContext, dpd: DpdClient, signal: AbortSignal): Promise<NatAudit> {
  const before = await findGroup(dpd, signal);
  const { version, entries } = await readWhole(nexus);
  const held = new Set<string>();
  const page = { path: { group: NAT_GROUP }, query: { limit: PAGE } };
  if (before !== undefined) {
    for await (const entry of dpd.pages.nat_group_entries_list(page, { signal })) held.add(entryText(entry));
  }
  const after = await findGroup(dpd, signal);
  const still = (before?.generation ?? 0) === version && (after?.generation ?? 0) === version;
  if (!still)
    return { outcome: "not in sync yet", generation: version, entries: entries.length, missing: [], surplus: [] };
  const wanted = new Set(entries.map((entry) => entryText(toDpdEntry(entry))));
  const missing = [...wanted].filter((text) => !held.has(text));
  const surplus = [...held].filter((text) => !wanted.has(text));
  return {
    outcome: missing.length + surplus.length === 0 ? "agrees" : "differs",
    generation: version,
    entries: entries.length,
    missing: missing.slice(0, SHOWN),
    surplus: surplus.slice(0, SHOWN),
  };
}

function entryText({ external, low, high, target }: DpdNatEntry): string {
  const key = natKeyText({ externalAddress: external, firstPort: low, lastPort: high });
  return `${key} → ${target.internal_ip} ${target.inner_mac.a.join(":")} vni ${target.vni}`;
}
