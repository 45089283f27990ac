/** What has to be done for a sled to hold what it must, from what it holds. Pure. */
import { subscriptionKey, type SledIntent } from "./intent.ts";

export interface NextHop {
  readonly next_hop: string;
  readonly replication: "external" | "underlay" | "both";
  readonly filter: { readonly mode: "include" | "exclude"; readonly sources: readonly string[] };
}

export interface HeldSubscription {
  readonly propolisId: string;
  readonly groupIp: string;
  readonly sources: readonly string[];
}

export interface HeldBySled {
  readonly m2p: readonly { readonly group: string; readonly underlay: string }[];
  readonly forwarding: readonly { readonly underlay: string; readonly next_hops: readonly NextHop[] }[];
  /** All there are; undefined when the sled-agent does not tell. */
  readonly subscriptions: readonly HeldSubscription[] | undefined;
  /** What it was made to hold not long ago, for those it does not tell: `sourcesText` by `subscriptionKey`. */
  readonly remembered: ReadonlyMap<string, string>;
}

export type SledStep =
  | { readonly do: "leave"; readonly propolisId: string; readonly groupIp: string }
  | { readonly do: "clear-m2p" | "set-m2p"; readonly group: string; readonly underlay: string }
  | { readonly do: "clear-forwarding"; readonly underlay: string }
  | { readonly do: "set-forwarding"; readonly underlay: string; readonly nextHop: string }
  | {
      readonly do: "join";
      readonly propolisId: string;
      readonly groupIp: string;
      readonly sources: readonly string[];
      readonly isIncoming: boolean;
    };

export interface SledPlan {
  /** Done in order: a membership ends before its mapping goes, and begins after it is there. */
  readonly steps: readonly SledStep[];
  readonly problems: readonly string[];
  readonly checked: number;
}

export const sourcesText = (sources: readonly string[]): string => [...new Set(sources)].sort().join(" ");

export function diffSled(intent: SledIntent, held: HeldBySled): SledPlan {
  const underlayOf = new Map(held.m2p.map(({ group, underlay }) => [group, underlay]));
  const hopsOf = new Map(held.forwarding.map(({ underlay, next_hops }) => [underlay, next_hops]));
  const steps: SledStep[] = [...leaves(intent, held)];
  for (const [group, underlay] of underlayOf) {
    if (intent.m2p.get(group) !== underlay) steps.push({ do: "clear-m2p", group, underlay });
  }
  for (const [group, underlay] of intent.m2p) {
    if (underlayOf.get(group) !== underlay) steps.push({ do: "set-m2p", group, underlay });
  }
  for (const [underlay, hops] of hopsOf) {
    const wanted = intent.forwarding.get(underlay);
    // A set adds to what some sled-agents have, so what differs is cleared first.
    if (wanted === undefined || !leadsOnlyTo(hops, wanted)) steps.push({ do: "clear-forwarding", underlay });
  }
  for (const [underlay, nextHop] of intent.forwarding) {
    const hops = hopsOf.get(underlay);
    if (hops === undefined || !leadsOnlyTo(hops, nextHop)) steps.push({ do: "set-forwarding", underlay, nextHop });
  }
  steps.push(...joins(intent, held));
  return {
    steps,
    problems: intent.problems,
    checked: intent.m2p.size + intent.forwarding.size + intent.subscriptions.size,
  };
}

function leadsOnlyTo(hops: readonly NextHop[], nextHop: string): boolean {
  const [hop] = hops;
  if (hops.length !== 1 || hop === undefined) return false;
  const { replication, filter } = hop;
  return (
    hop.next_hop === nextHop && replication === "underlay" && filter.mode === "exclude" && filter.sources.length === 0
  );
}

function leaves(intent: SledIntent, { subscriptions = [] }: HeldBySled): SledStep[] {
  // A VMM without a port has memberships that are not told: who has left is always said.
  const ended = new Map(
    [...subscriptions, ...intent.leaving].map((each) => [subscriptionKey(each.propolisId, each.groupIp), each]),
  );
  return [...ended]
    .filter(([key]) => !intent.subscriptions.has(key))
    .map(([, { propolisId, groupIp }]) => ({ do: "leave", propolisId, groupIp }));
}

function joins(intent: SledIntent, { subscriptions = [], remembered }: HeldBySled): SledStep[] {
  const there = new Map(remembered);
  for (const { propolisId, groupIp, sources } of subscriptions) {
    there.set(subscriptionKey(propolisId, groupIp), sourcesText(sources));
  }
  return [...intent.subscriptions]
    .filter(([key, { sources }]) => there.get(key) !== sourcesText(sources))
    .map(([, { propolisId, groupIp, sources, isIncoming }]) => ({
      do: "join",
      propolisId,
      groupIp,
      sources,
      isIncoming,
    }));
}
