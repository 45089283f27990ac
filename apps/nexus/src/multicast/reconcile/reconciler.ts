/**
 * One pass: rows move on by the table of states, new groups come to exist, every switch and sled is compared and brought to the
 * intent, and rows move on by what came of that. A target that does not answer delays nobody else: the pass waits a moment,
 * then goes on; the attempt ends by itself and asks for another pass.
 */
import { SWITCH_SLOTS } from "../../peers/switches.ts";
import type { NexusContext } from "../../context.ts";
import { acknowledge } from "./acknowledge.ts";
import { commitChanges, type GroupChange, type MemberChange } from "./commit.ts";
import { compile } from "./compile.ts";
import { GroupCreator } from "./create-groups.ts";
import { Facts, type Evidence } from "./facts.ts";
import { multicastPeers, type MulticastPeers } from "./peers.ts";
import { readRows, type SledRow, type TargetName } from "./rows.ts";
import { SledPeer } from "./sled.ts";
import { snapshotOf, Snapshots, type Snapshot } from "./snapshots.ts";
import { groupRule, memberRule } from "./states.ts";
import { sledTarget, sledTargetName, switchTarget, type Target, type TargetReport } from "./target.ts";

/** How long a pass waits for targets that did not take longer last time. */
const PATIENCE_MS = 1_000;
/** After something was refused, a pass follows sooner than by itself, twice as late each time. */
const RETRY_MS = { first: 250, last: 4_000 } as const;
const QUICK_RETRIES = 2;
const FRESH_MS = 1_000;
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
  /** A group could not be created now. */
  refused: boolean;
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
  readonly #creator: GroupCreator;
  #retryMs = 0;
  #idleSince: number | undefined;
  /** The next pass was asked for by this one. */
  #isFollowUp = false;
  /** Asks for another pass. */
  readonly #again: () => void;

  constructor(nexus: NexusContext, again: () => void) {
    this.#nexus = nexus;
    this.#again = () => {
      this.#isFollowUp = true;
      again();
    };
    this.#peers = multicastPeers(nexus);
    this.#snapshots = new Snapshots(async () => {
      const rows = await readRows(nexus);
      const options = { slotOfUrl: this.#peers.slotOfUrl, now: nexus.world.clock.now() };
      return snapshotOf(rows, compile(rows, options));
    });
    this.#switches = SWITCH_SLOTS.map((slot) => switchTarget(nexus, this.#peers, this.#snapshots, slot));
    this.#creator = new GroupCreator(nexus, this.#switches);
  }

  async pass(signal: AbortSignal): Promise<MulticastReconcilerDetails> {
    const tally: Tally = {
      created: 0,
      deleted: 0,
      processed: 0,
      membersDeleted: 0,
      marked: 0,
      refused: false,
      errors: [],
    };
    const isFollowUp = this.#isFollowUp;
    this.#isFollowUp = false;
    const before = await this.#moveRows(tally);
    if (this.#isIdle(before)) return this.#details(before, tally, []);
    await this.#createGroups(before, tally, signal);
    const targets = this.#targets(before.rows.sleds);
    // What was just brought to all that is decided is not read again for the sake of others that were not.
    const fresh = isFollowUp && tally.created === 0 ? before.rows.generation : Infinity;
    const due = targets.filter((target) => !this.#isFresh(target, fresh));
    await this.#attempt(due, signal);
    const after = await this.#moveRows(tally);
    await this.#acknowledge(after, targets);
    this.#noteIdle(after, targets);
    this.#retrySoon(tally.refused || targets.some(isUnfinished));
    // Rows may have moved on at the end, as when a member woke: nobody else says so to the targets.
    if (targets.some((target) => isBehind(target, after.rows.generation))) this.#again();
    return this.#details(after, tally, targets);
  }

  #isFresh({ last, endedAt }: Target, generation: number): boolean {
    if (last?.isComplete !== true || (last.snapshot?.intent.generation ?? 0) < generation) return false;
    return this.#nexus.world.clock.monotonicMs() - endedAt < FRESH_MS;
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
    const factsWhen = (switchReachable: boolean) => new Facts(snapshot, this.#evidence(switchReachable), now);
    const { created, errors, refused, isPartial } = await this.#creator.create(snapshot.rows.groups, factsWhen, signal);
    tally.created = created;
    tally.errors.push(...errors);
    tally.refused = refused;
    if (isPartial) this.#again();
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

  #acknowledge({ rows }: Snapshot, targets: readonly Target[]): Promise<void> {
    const reports = targets.flatMap(({ last }) => last ?? []);
    const names = new Set(rows.sleds.filter(({ inService }) => inService).map(({ id }) => sledTargetName(id)));
    const gone = rows.targets
      .map(({ target }) => target)
      .filter((name) => name.startsWith("sled:") && !names.has(name));
    return acknowledge(this.#nexus, reports, rows.targets, gone);
  }

  #retrySoon(isNeeded: boolean): void {
    const delay = isNeeded ? Math.max(RETRY_MS.first, 2 * this.#retryMs) : 0;
    this.#retryMs = delay;
    if (delay > 0 && delay <= RETRY_MS.last) this.#nexus.world.timers.after(delay, this.#again);
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

/** It holds what was decided before. One that is still at it says so itself when it is done. */
function isBehind({ last, isRunning }: Target, generation: number): boolean {
  return !isRunning && last?.isComplete === true && (last.snapshot?.intent.generation ?? generation) < generation;
}

/** Another look is worth it soon; at one that is away only at first. */
function isUnfinished({ last, misses }: Target): boolean {
  return last?.outcome === "failed" || (last?.waiting.size ?? 0) > 0 || (misses > 0 && misses <= QUICK_RETRIES);
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
