/** What it takes to bring one switch's NAT group to Nexus' current version: a pure decision from what both sides say. */
export interface GroupSeen {
  readonly generation: number;
  /** The tables no longer hold what the group says. */
  readonly drifted: boolean;
}

export interface NatSituation {
  /** Nexus' current version; 0 means that there never was an entry. */
  readonly version: number;
  /** Removals up to this version are purged. */
  readonly purged: number;
  /** What the switch has; undefined when it has no such group, as after a restart. */
  readonly group: GroupSeen | undefined;
  /** Something else found the switch to differ: its generation proves nothing. */
  readonly distrusted: boolean;
}

export type SyncStep =
  | { readonly kind: "in-sync" }
  /** Send what changed since the switch's generation. */
  | { readonly kind: "changes"; readonly from: number }
  /** Send the whole set. */
  | { readonly kind: "ensure" }
  /** The switch is ahead, as after Nexus' database was made anew: move Nexus' version past it, then send the whole set. */
  | { readonly kind: "overtake"; readonly generation: number };

export function planSync({ version, purged, group, distrusted }: NatSituation): SyncStep {
  if (group === undefined) return version === 0 ? { kind: "in-sync" } : { kind: "ensure" };
  if (group.generation > version) return { kind: "overtake", generation: group.generation };
  // Content under an equal generation must be equal, so a set that is to replace a wrong one needs a new number.
  if (distrusted) return { kind: "overtake", generation: group.generation };
  if (group.drifted) return { kind: "ensure" };
  if (group.generation === version) return { kind: "in-sync" };
  return group.generation < purged ? { kind: "ensure" } : { kind: "changes", from: group.generation };
}
