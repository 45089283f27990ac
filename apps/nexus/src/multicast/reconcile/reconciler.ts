/**
 * One pass: rows move on by the table of states, new groups come to exist, every switch and sled is compared and brought to the
 * intent, and rows move on by what came of that. A target that does not answer delays nobody else: the pass waits a moment,
 * then goes on; the attempt ends by itself and asks for another pass.
 */
import { SWITCH_SLOTS, type SwitchSlot } from "../../peers/switches.ts";
import type { NexusContext } from "../../context.ts";
import { mapBounded } from "../../bounded.ts";
import { multicastGroupDpdEnsure } from "../../sagas/multicast-group-dpd-ensure.ts";
import { ensureUnderlayRow } from "../underlay-rows.ts";
import { acknowledge, forgetTargets } from "./acknowledge.ts";
import { commitChanges, type GroupChange, type MemberChange } from "./commit.ts";
import { compile } from "./compile.ts";
import { Facts, type Evidence } from "./facts.ts";
import { multicastPeers, type MulticastPeers } from "./peers.ts";
import { readRows, type GroupRow, type SledRow, type TargetName } from "./rows.ts";
import { Retries } from "./retries.ts";
import { SledPeer } from "./sled.ts";
import { snapshotOf, Snapshots, type Snapshot } from "./snapshots.ts";
import { groupRule, memberRule } from "./states.ts";
import { sledTarget, sledTargetName, switchTarget, type Target, type TargetReport } from "./target.ts";

/** How long a pass waits for targets that did not take longer last time. */
const PATIENCE_MS = 1_000;
/** Sagas at once. */
const SAGAS_AT_ONCE = 16;
/** A change of rows may allow another: a member's row goes, then its group's. */
const MAX_ROUNDS = 4;
/** While there is no group at all, targets that hold nothing are looked at this rarely. */
const IDLE_PERIOD_MS = 60_000;
const MAX_ERRORS = 50;

export interface TargetStatus {
  readonly outcome: TargetReport["outcome"] | "running";
  readonly checked: number;
  readonly changed: number;
  readonly failed: number;
  /** The generation that the target was held to; null when it was not reached. */
  readonly generation: number | null;
}

/** Upstream's fields, and the targets. */
export interface MulticastReconcilerDetails {
  readonly disabled: boolean;
  readonly groups_created: number;
  readonly groups_deleted: number;
  readonly groups_verified: number;
  readonly members_processed: number;
  readonly members_deleted: number;
  readonly empty_groups_marked: number;
  readonly errors: readonly string[];
  readonly targets: Readonly<Record<TargetName, TargetStatus>>;
}

interface Tally {
  created: number;
  deleted: number;
  processed: number;
  membersDeleted: number;
  marked: number;
  readonly errors: string[];
}

interface SledEntry {
  readonly address: string;
  readonly peer: SledPeer;
  readonly target: Target;
}

export class MulticastReconciler {
  readonly #nexus: NexusContext;
  readonly #peers: MulticastPeers;
  readonly #snapshots: Snapshots;
  readonly #switches: readonly Target[];
  readonly #sleds = new Map<string, SledEntry>();
  readonly #retries: Retries;
  #idleSince: number | undefined;
  /** Asks for another pass. */
  readonly #again: () => void;

  constructor(nexus: NexusContext, again: () => void) {
    this.#nexus = nexus;
    this.#again = again;
    this.#peers = multicastPeers(nexus);
    this.#retries = new Retries(nexus.world);
    this.#snapshots = new Snapshots(async () => {
      const rows = await readRows(nexus);
      const options = { slotOfUrl: this.#peers.slotOfUrl, now: nexus.world.clock.now() };
      return snapshotOf(rows, compile(rows, options));
    });
    this.#switches = SWITCH_SLOTS.map((slot) => switchTarget(nexus, this.#peers, this.#snapshots, slot));
  }

  async pass(signal: AbortSignal): Promise<MulticastReconcilerDetails> {
    const tally: Tally = { created: 0, deleted: 0, processed: 0, membersDeleted: 0, marked: 0, errors: [] };
    const before = await this.#moveRows(tally);
    if (this.#isIdle(before)) return this.#details(before, tally, []);
    await this.#createGroups(before, tally, signal);
    const targets = this.#targets(before.rows.sleds);
    await this.#attempt(targets, signal);
    const after = await this.#moveRows(tally);
    await this.#acknowledge(after, targets);
    this.#noteIdle(after, targets);
    return this.#details(after, tally, targets);
  }

  /** Rows move on until the table asks for nothing more. */
  async #moveRows(tally: Tally): Promise<Snapshot> {
    const moved = new Set<string>();
    for (let round = 1; ; round++) {
      const snapshot = await this.#snapshots.fresh();
      const { groups, members } = this.#plan(snapshot);
      if (groups.length + members.length === 0 || round > MAX_ROUNDS) {
        tally.processed += moved.size;
        return snapshot;
      }
      const done = await commitChanges(this.#nexus, groups, members);
      for (const { member } of done.members) moved.add(member.id);
      tally.membersDeleted += done.members.filter(({ action }) => action === "deleteRow").length;
      tally.deleted += done.groups.filter(({ action }) => action === "deleteRows").length;
      tally.marked += done.groups.filter(({ action }) => action === "markDeleting").length;
    }
  }

  #plan(snapshot: Snapshot): { groups: GroupChange[]; members: MemberChange[] } {
    const facts = new Facts(snapshot, this.#evidence(), this.#nexus.world.clock.now());
    return {
      groups: snapshot.rows.groups.flatMap((group): GroupChange[] => {
        const { action } = groupRule(facts.group(group));
        return action === "markDeleting" || action === "deleteRows" ? [{ action, group }] : [];
      }),
      members: snapshot.rows.members.flatMap((member): MemberChange[] => {
        const { action } = memberRule(facts.member(member));
        return action === "none" || action === "report" ? [] : [{ action, member }];
      }),
    };
  }

  #evidence(switchReachable = true): Evidence {
    const targets = [...this.#switches, ...[...this.#sleds.values()].map(({ target }) => target)];
    const reports = targets.flatMap(({ last }) => (last === undefined ? [] : [[last.target, last] as const]));
    return {
      reports: new Map(reports),
      tells: (sledId) => this.#sleds.get(sledId)?.peer.tellsSubscriptions === true,
      switchReachable,
    };
  }

  async #createGroups(snapshot: Snapshot, tally: Tally, signal: AbortSignal): Promise<void> {
    const now = this.#nexus.world.clock.now();
    const { groups } = snapshot.rows;
    const before = new Facts(snapshot, this.#evidence(), now);
    const awaited = groups.filter((group) => before.isAwaited(group));
    if (awaited.length === 0) return;
    const { slots, reasons } = await this.#reachableSwitches(signal);
    if (slots.length === 0) tally.errors.push(`${awaited.length} groups wait for a switch: ${reasons.join("; ")}`);
    const facts = new Facts(snapshot, this.#evidence(slots.length > 0), now);
    const due = awaited.filter(
      (group) => groupRule(facts.group(group)).action === "ensure" && this.#retries.isDue(group.id),
    );
    await mapBounded(due, SAGAS_AT_ONCE, async (group) => {
      const error = await this.#createGroup(group, slots);
      if (error === undefined) {
        this.#retries.forget(group.id);
        tally.created += 1;
      } else {
        this.#retries.failed(group.id);
        tally.errors.push(`${group.ip}: ${error}`);
      }
    });
  }

  /** Answers why it failed. */
  async #createGroup({ id }: GroupRow, slots: readonly SwitchSlot[]): Promise<string | undefined> {
    try {
      if ((await ensureUnderlayRow(this.#nexus, id)) === undefined) return undefined;
      const { result } = await this.#nexus.sagas.start(multicastGroupDpdEnsure, { groupId: id, slots });
      await result;
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Those whose dpd answers that it has its ASIC. */
  async #reachableSwitches(signal: AbortSignal): Promise<{ slots: SwitchSlot[]; reasons: string[] }> {
    const asked = await Promise.all(
      SWITCH_SLOTS.map(async (slot) => {
        try {
          const peer = await this.#peers.switchAt(slot, signal);
          try {
            await peer.dpd.switch_identifiers({ signal });
            return slot;
          } catch (error) {
            this.#peers.forget(peer);
            throw error;
          }
        } catch (error) {
          return `switch${slot}: ${error instanceof Error ? error.message : String(error)}`;
        }
      }),
    );
    return {
      slots: asked.filter((answer) => typeof answer === "number"),
      reasons: asked.filter((answer) => typeof answer === "string"),
    };
  }

  /** The switches, and the sleds in service: those that left are forgotten. */
  #targets(sleds: readonly SledRow[]): readonly Target[] {
    const inService = sleds.filter((sled) => sled.inService);
    const ids = new Set(inService.map(({ id }) => id));
    for (const id of this.#sleds.keys()) if (!ids.has(id)) this.#sleds.delete(id);
    for (const sled of inService) {
      // Another address is another sled-agent, of which nothing is known.
      if (this.#sleds.get(sled.id)?.address === sled.address) continue;
      const peer = new SledPeer(this.#nexus.world, sled);
      const target = sledTarget(this.#nexus, this.#snapshots, peer, sled.id);
      this.#sleds.set(sled.id, { address: sled.address, peer, target });
    }
    return [...this.#switches, ...[...this.#sleds.values()].map(({ target }) => target)];
  }

  async #attempt(targets: readonly Target[], signal: AbortSignal): Promise<void> {
    const { timers } = this.#nexus.world;
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const cancel = timers.after(PATIENCE_MS, () => resolve("late"));
    // Whoever kept the last pass waiting, or is still at it, is not waited for.
    const trusted = Promise.all(
      targets.map((target) => {
        const isTrusted = !target.isRunning && target.lastTookMs < PATIENCE_MS;
        const done = target.attempt(signal);
        return isTrusted ? done : undefined;
      }),
    );
    await Promise.race([trusted, late]);
    cancel();
    const running = targets.filter((target) => target.isRunning);
    for (const target of running) {
      const before = target.last?.outcome;
      // What did not answer and still does not is no news.
      void target.attempt(signal).then(({ outcome }) => {
        if (outcome !== before || outcome === "applied") this.#again();
      });
    }
  }

  async #acknowledge({ rows }: Snapshot, targets: readonly Target[]): Promise<void> {
    const known = new Map(rows.targets.map((row) => [row.target, row]));
    for (const { last } of targets)
      if (last !== undefined) await acknowledge(this.#nexus, last, known.get(last.target));
    const names = new Set(rows.sleds.filter(({ inService }) => inService).map(({ id }) => sledTargetName(id)));
    const gone = rows.targets.filter(({ target }) => target.startsWith("sled:") && !names.has(target));
    await forgetTargets(
      this.#nexus,
      gone.map(({ target }) => target),
    );
  }

  #isIdle({ rows }: Snapshot): boolean {
    if (rows.groups.length > 0 || this.#idleSince === undefined) return false;
    if (rows.generation > Math.min(...rows.targets.map(({ acknowledged }) => acknowledged))) return false;
    return this.#nexus.world.clock.monotonicMs() - this.#idleSince < IDLE_PERIOD_MS;
  }

  #noteIdle({ rows }: Snapshot, targets: readonly Target[]): void {
    const isQuiet = rows.groups.length === 0 && targets.every(({ last }) => last?.isComplete === true);
    this.#idleSince = isQuiet ? this.#nexus.world.clock.monotonicMs() : undefined;
  }

  #details(snapshot: Snapshot, tally: Tally, targets: readonly Target[]): MulticastReconcilerDetails {
    const facts = new Facts(snapshot, this.#evidence(), this.#nexus.world.clock.now());
    const errors = [
      ...tally.errors,
      ...targets.flatMap(({ last }) => (last?.errors ?? []).map((error) => `${last?.target}: ${error}`)),
    ];
    return {
      disabled: false,
      groups_created: tally.created,
      groups_deleted: tally.deleted,
      groups_verified: snapshot.rows.groups.filter((group) => group.state === "active" && facts.group(group).held)
        .length,
      members_processed: tally.processed,
      members_deleted: tally.membersDeleted,
      empty_groups_marked: tally.marked,
      errors: errors.slice(0, MAX_ERRORS),
      targets: Object.fromEntries(targets.map((target) => [target.name, statusOf(target)])),
    };
  }
}

function statusOf({ last, isRunning }: Target): TargetStatus {
  return {
    outcome: isRunning || last === undefined ? "running" : last.outcome,
    checked: last?.checked ?? 0,
    changed: last?.changed ?? 0,
    failed: last?.errors.length ?? 0,
    generation: last?.snapshot?.intent.generation ?? null,
  };
}
