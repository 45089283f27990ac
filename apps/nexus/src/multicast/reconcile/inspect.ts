/** Compares every switch and sled with what it must hold, as a pass does, but changes nothing: for operators. */
import type { NexusContext } from "../../context.ts";
import { SWITCH_SLOTS, type SwitchSlot } from "../../peers/switches.ts";
import { compile } from "./compile.ts";
import { describeSledStep, describeSwitchStep } from "./describe.ts";
import { diffSled, type SledPlan } from "./diff-sled.ts";
import { diffSwitch, type HeldGroup, type PortOf } from "./diff-switch.ts";
import { Facts, type Evidence } from "./facts.ts";
import { multicastPeers } from "./peers.ts";
import { readRows, type SledRow, type TargetName } from "./rows.ts";
import { SledPeer, subjects } from "./sled.ts";
import { snapshotOf, type Snapshot } from "./snapshots.ts";
import { portsOf, readSwitch } from "./switch.ts";
import { missed, sledTargetName, type TargetReport } from "./target.ts";

export interface SeenTarget {
  readonly report: TargetReport;
  /** Each in words. */
  readonly differences: readonly string[];
  readonly portOf: PortOf | undefined;
}

export interface Inspection {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly targets: ReadonlyMap<TargetName, SeenTarget>;
}

type Read<T> = { readonly held: T } | { readonly missed: unknown };

export async function inspect(nexus: NexusContext): Promise<Inspection> {
  const sleds = (await readRows(nexus)).sleds.filter(({ inService }) => inService);
  const [switches, agents] = await Promise.all([
    Promise.all(SWITCH_SLOTS.map((slot) => reading(readOneSwitch(nexus, slot)))),
    Promise.all(sleds.map((sled) => reading(new SledPeer(nexus.world, sled).read(new AbortController().signal)))),
  ]);
  // The rows come after the tables: what is being put there now is not taken for a leftover.
  const rows = await readRows(nexus);
  const now = nexus.world.clock.now();
  const snapshot = snapshotOf(rows, compile(rows, { slotOfUrl: multicastPeers(nexus).slotOfUrl, now }));
  const targets = new Map<TargetName, SeenTarget>();
  for (const [i, slot] of SWITCH_SLOTS.entries())
    targets.set(`switch${slot}`, seenSwitch(snapshot, `switch${slot}`, switches[i]));
  for (const [i, sled] of sleds.entries()) targets.set(sledTargetName(sled.id), seenSled(snapshot, sled, agents[i]));
  const evidence: Evidence = {
    reports: new Map([...targets].map(([name, { report }]) => [name, report])),
    tells: () => true,
    switchReachable: switches.some((read) => "held" in read),
  };
  return { snapshot, facts: new Facts(snapshot, evidence, now), targets };
}

async function reading<T>(read: Promise<T>): Promise<Read<T>> {
  try {
    return { held: await read };
  } catch (error) {
    return { missed: error };
  }
}

async function readOneSwitch(
  nexus: NexusContext,
  slot: SwitchSlot,
): Promise<{ held: HeldGroup[]; rear: ReadonlySet<string> }> {
  const peers = multicastPeers(nexus);
  const signal = new AbortController().signal;
  const peer = await peers.switchAt(slot, signal);
  try {
    const [held, rear] = await Promise.all([readSwitch(peer, signal), peers.rearPorts(peer, signal)]);
    return { held, rear };
  } catch (error) {
    peers.forget(peer);
    throw error;
  }
}

function seenSwitch(
  snapshot: Snapshot,
  target: TargetName,
  read: Read<{ held: HeldGroup[]; rear: ReadonlySet<string> }> | undefined,
): SeenTarget {
  if (read === undefined || "missed" in read) return notSeen(target, read?.missed);
  const portOf = portsOf(snapshot.intent, read.held.rear);
  const { groups, checked } = diffSwitch(snapshot.intent.switches, read.held.held, portOf);
  const unresolved = groups.flatMap((plan) => plan.unresolved);
  const differences = groups.flatMap(({ subject, steps, unresolved: sleds }) => [
    ...steps.map((step) => `${subject}: ${describeSwitchStep(step)}`),
    ...sleds.map((sledId) => `${subject}: no switch port is known that leads to sled ${sledId}`),
  ]);
  const report = seen(target, snapshot, checked, new Set(groups.map(({ tag }) => tag)), new Set(unresolved));
  return { report, differences, portOf };
}

function seenSled(
  snapshot: Snapshot,
  { id }: SledRow,
  read: Read<Parameters<typeof diffSled>[1]> | undefined,
): SeenTarget {
  const target = sledTargetName(id);
  if (read === undefined || "missed" in read) return notSeen(target, read?.missed);
  const intent = snapshot.intent.sleds.get(id);
  const empty: SledPlan = { steps: [], problems: [], checked: 0 };
  const { steps, problems, checked } = intent === undefined ? empty : diffSled(intent, read.held);
  // Where it does not tell them, its subscriptions are not held against it.
  const known = steps.filter((step) => read.held.subscriptions !== undefined || !("propolisId" in step));
  const wrong = new Set(known.flatMap(subjects));
  return {
    report: seen(target, snapshot, checked, wrong, new Set()),
    differences: [...known.map(describeSledStep), ...problems],
    portOf: undefined,
  };
}

function seen(
  target: TargetName,
  snapshot: Snapshot,
  checked: number,
  wrong: ReadonlySet<string>,
  unresolved: ReadonlySet<string>,
): TargetReport {
  const isComplete = wrong.size === 0;
  return {
    target,
    outcome: isComplete ? "applied" : "failed",
    snapshot,
    checked,
    changed: 0,
    errors: [],
    wrong,
    waiting: new Set(),
    unresolved,
    isComplete,
  };
}

function notSeen(target: TargetName, error: unknown): SeenTarget {
  const report = { target, ...missed(error) };
  return { report, differences: report.errors, portOf: undefined };
}
