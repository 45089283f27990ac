/** Firewall rules name VPCs and subnets: when one is renamed, the rules of its VPC keep meaning it. */
import type { Transaction } from "kysely";
import { requireLive } from "../db/require-live.ts";
import type { NexusTables } from "../db/schema.ts";
import type { FirewallFilters, FirewallPeer } from "./defaults.ts";

export interface Renamed {
  readonly type: "vpc" | "subnet";
  readonly from: string;
  readonly to: string;
}

/** Throws object-not-found when the VPC was deleted meanwhile. */
export async function renameInRules(tx: Transaction<NexusTables>, vpcId: string, renamed: Renamed): Promise<void> {
  await requireLive(tx, "vpc", vpcId);
  const rules = await tx
    .selectFrom("vpc_firewall_rule")
    .select(["id", "targets", "filters"])
    .where("vpc_id", "=", vpcId)
    .where("time_deleted", "is", null)
    .execute();
  const { type, from, to } = renamed;
  const meant = (peer: FirewallPeer): FirewallPeer =>
    peer.type === type && peer.value === from ? { ...peer, value: to } : peer;
  for (const rule of rules) {
    // The columns are only written from validated bodies.
    const filters = JSON.parse(rule.filters) as FirewallFilters;
    const change = {
      targets: JSON.stringify((JSON.parse(rule.targets) as FirewallPeer[]).map(meant)),
      filters: JSON.stringify({ ...filters, hosts: filters.hosts?.map(meant) ?? null }),
    };
    if (change.targets === rule.targets && change.filters === rule.filters) continue;
    await tx.updateTable("vpc_firewall_rule").set(change).where("id", "=", rule.id).execute();
  }
}
