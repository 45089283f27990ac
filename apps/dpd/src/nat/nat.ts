/** The NAT domain of one switch: entries one at a time, groups, and the changeset feed, over one state and one writer. */
import { NatEntries } from "./entries.ts";
import { NatFeed } from "./feed.ts";
import { NatGroups } from "./groups.ts";
import { natMetrics } from "./metrics.ts";
import type { NatMetrics } from "./metrics.ts";
import { NatState } from "./state.ts";
import { NatWriter } from "./writer.ts";
import type { NatContext } from "./writer.ts";

export interface Nat {
  readonly entries: NatEntries;
  readonly groups: NatGroups;
  readonly feed: NatFeed;
  readonly metrics: Readonly<NatMetrics>;
}

export function createNat(context: NatContext): Nat {
  const state = new NatState();
  const metrics = natMetrics();
  const writer = new NatWriter(context, state, metrics);
  context.switch.onForget(() => state.forget());
  return {
    entries: new NatEntries(state, writer),
    groups: new NatGroups(context, state, writer),
    feed: new NatFeed(context, state, writer, metrics),
    metrics,
  };
}
