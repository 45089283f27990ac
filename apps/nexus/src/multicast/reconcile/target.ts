/**
 * One switch or sled that is held to the intent: one attempt at a time, and what came of the last. An attempt reads the target
 * first and the rows afterwards, so that what another Nexus has just put there is never taken for a leftover.
 */
import { ClientError, UnsupportedVersionError } from "@racklet/client-runtime";
import { deadlineSignal } from "@racklet/world";
import type { NexusContext } from "../../context.ts";
import { NexusError } from "../../errors.ts";
import type { SwitchSlot } from "../../peers/switches.ts";
import { diffSled } from "./diff-sled.ts";
import { diffSwitch } from "./diff-switch.ts";
import type { MulticastPeers } from "./peers.ts";
import type { SledRow, TargetName } from "./rows.ts";
import { UnsupportedSledError, type SledPeer } from "./sled.ts";
import type { Snapshot, Snapshots } from "./snapshots.ts";
import { applySwitch, portsOf, readSwitch } from "./switch.ts";

/** `failed`: it was reached, and refused something. `unreachable`: what it holds could not be learnt, or not all be changed. */
export type TargetOutcome = "applied" | "failed" | "unreachable" | "unsupported";

export interface TargetReport {
  readonly target: TargetName;
  readonly outcome: TargetOutcome;
  /** What it was held to; undefined when it was not reached. */
  readonly snapshot: Snapshot | undefined;
  /** Entries that it must hold, and steps that were needed for it. */
  readonly checked: number;
  readonly changed: number;
  /** What is not as it must be, each as a sentence. */
  readonly errors: readonly string[];
  /** Tags, for a switch, and subscriptions, addresses or groups, for a sled, that the errors are about. */
  readonly wrong: ReadonlySet<string>;
  /** Subscriptions, by key, of VMMs that the sled does not know yet. */
  readonly waiting: ReadonlySet<string>;
  /** Sleds that a switch knows no port for. */
  readonly unresolved: ReadonlySet<string>;
  /** Everything up to the intent's settled generation is there. */
  readonly isComplete: boolean;
}

/** For one attempt, however much there is to do. */
const ATTEMPT_DEADLINE_MS = 30_000;

/** A target that was read and then lost is read again this often before it counts as away. */
const TRIES = 3;

/** Calls `wasRead` once the target's tables are known. */
type Attempt = (signal: AbortSignal, wasRead: () => void) => Promise<Omit<TargetReport, "target">>;

export class Target {
  readonly name: TargetName;
  readonly #nexus: NexusContext;
  readonly #attempt: Attempt;
  #last: TargetReport | undefined;
  #lastTookMs = 0;
  #misses = 0;
  #endedAt = 0;
  #running: Promise<TargetReport> | undefined;

  constructor(nexus: NexusContext, name: TargetName, attempt: Attempt) {
    this.#nexus = nexus;
    this.name = name;
    this.#attempt = attempt;
  }

  get last(): TargetReport | undefined {
    return this.#last;
  }

  get lastTookMs(): number {
    return this.#lastTookMs;
  }

  /** When the last attempt ended, on the monotonic clock. */
  get endedAt(): number {
    return this.#endedAt;
  }

  /** Attempts since it was last reached. */
  get misses(): number {
    return this.#misses;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Joins the attempt that is under way, if there is one. Never rejects. */
  attempt(outer: AbortSignal): Promise<TargetReport> {
    this.#running ??= this.#run(outer).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(outer: AbortSignal): Promise<TargetReport> {
    const { clock, timers, log } = this.#nexus.world;
    const begun = clock.monotonicMs();
    const { signal, cancel } = deadlineSignal(timers, ATTEMPT_DEADLINE_MS, outer);
    try {
      this.#last = { target: this.name, ...(await this.#persist(signal)) };
      this.#misses = 0;
    } catch (error) {
      this.#last = { target: this.name, ...missed(error) };
      this.#misses += 1;
      if (!isExpected(error)) log.error({ target: this.name, err: error }, "a multicast target failed");
    } finally {
      cancel();
      this.#endedAt = clock.monotonicMs();
      this.#lastTookMs = this.#endedAt - begun;
    }
    return this.#last;
  }

  async #persist(signal: AbortSignal): ReturnType<Attempt> {
    for (let tries = 1; ; tries++) {
      let wasRead = false;
      try {
        return await this.#attempt(signal, () => void (wasRead = true));
      } catch (error) {
        if (!wasRead || tries === TRIES || signal.aborted) throw error;
      }
    }
  }
}

export function switchTarget(
  nexus: NexusContext,
  peers: MulticastPeers,
  snapshots: Snapshots,
  slot: SwitchSlot,
): Target {
  return new Target(nexus, `switch${slot}`, async (signal, wasRead) => {
    const peer = await peers.switchAt(slot, signal);
    try {
      const [held, rearPorts] = await Promise.all([readSwitch(peer, signal), peers.rearPorts(peer, signal)]);
      wasRead();
      const snapshot = await snapshots.fresh();
      const plan = diffSwitch(snapshot.intent.switches, held, portsOf(snapshot.intent, rearPorts));
      const failures = await applySwitch(peer, plan.groups, signal);
      const problems = plan.groups.flatMap(({ subject, unresolved }) =>
        unresolved.map((sledId) => `${subject}: no switch port is known that leads to sled ${sledId}`),
      );
      const errors = [...failures.map(({ message }) => message), ...problems];
      return {
        outcome: errors.length === 0 ? "applied" : "failed",
        snapshot,
        checked: plan.checked,
        changed: plan.groups.reduce((sum, { steps }) => sum + steps.length, 0),
        errors,
        wrong: new Set([
          ...failures.map(({ tag }) => tag),
          ...plan.groups.filter(({ unresolved }) => unresolved.length > 0).map(({ tag }) => tag),
        ]),
        waiting: new Set(),
        unresolved: new Set(plan.groups.flatMap(({ unresolved }) => unresolved)),
        isComplete: errors.length === 0,
      };
    } catch (error) {
      peers.forget(peer);
      throw error;
    }
  });
}

export function sledTarget(nexus: NexusContext, snapshots: Snapshots, peer: SledPeer, sledId: string): Target {
  return new Target(nexus, sledTargetName(sledId), async (signal, wasRead) => {
    const held = await peer.read(signal);
    wasRead();
    const snapshot = await snapshots.fresh();
    const intent = snapshot.intent.sleds.get(sledId);
    const nothing = {
      snapshot,
      checked: 0,
      changed: 0,
      errors: [],
      wrong: new Set<string>(),
      waiting: new Set<string>(),
      unresolved: new Set<string>(),
    };
    // It went out of service in the meantime.
    if (intent === undefined) return { ...nothing, outcome: "applied", isComplete: false };
    const plan = diffSled(intent, held);
    const { failures, waiting } = await peer.apply(plan, signal);
    const errors = [...failures.map(({ message }) => message), ...plan.problems];
    return {
      outcome: errors.length === 0 ? "applied" : "failed",
      snapshot,
      checked: plan.checked,
      changed: plan.steps.length,
      errors,
      wrong: new Set(failures.flatMap(({ about }) => about)),
      waiting: new Set(waiting.map(({ key }) => key)),
      unresolved: new Set(),
      isComplete: errors.length === 0 && waiting.every(({ isIncoming }) => isIncoming),
    };
  });
}

export const sledTargetName = (sledId: SledRow["id"]): TargetName => `sled:${sledId}`;

/** The report on a target that could not be read. */
export function missed(error: unknown): Omit<TargetReport, "target"> {
  const isOld = error instanceof UnsupportedSledError || error instanceof UnsupportedVersionError;
  return {
    outcome: isOld ? "unsupported" : "unreachable",
    snapshot: undefined,
    checked: 0,
    changed: 0,
    errors: [error instanceof Error ? error.message : String(error)],
    wrong: new Set(),
    waiting: new Set(),
    unresolved: new Set(),
    isComplete: false,
  };
}

const isExpected = (error: unknown): boolean =>
  error instanceof ClientError ||
  error instanceof NexusError ||
  error instanceof UnsupportedSledError ||
  (error instanceof DOMException && ["AbortError", "TimeoutError"].includes(error.name));
