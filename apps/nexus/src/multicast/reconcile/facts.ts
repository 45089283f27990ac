/** What the table of states asks about groups and members, from the rows and from what came of the targets. Pure. */
import { isAwaited, isValid, sledOf, sourcesOf } from "./compile.ts";
import { sourcesText } from "./diff-sled.ts";
import { subscriptionKey } from "./intent.ts";
import type { GroupRow, MemberRow, TargetName } from "./rows.ts";
import type { Snapshot } from "./snapshots.ts";
import type { GroupFacts, MemberFacts } from "./states.ts";
import { sledTargetName, type TargetReport } from "./target.ts";

/** The last report of each target, and of sled-agents whether they tell their subscriptions. */
export interface Evidence {
  readonly reports: ReadonlyMap<TargetName, TargetReport>;
  readonly tells: (sledId: string) => boolean;
  /** A switch answers; known before anything was tried. */
  readonly switchReachable: boolean;
}

export class Facts {
  readonly #snapshot: Snapshot;
  readonly #evidence: Evidence;
  readonly #now: number;
  readonly #groups: ReadonlyMap<string, GroupRow>;
  readonly #live: ReadonlyMap<string, readonly MemberRow[]>;
  readonly #unreleased: ReadonlyMap<string, number>;
  readonly #joinedAgain: ReadonlySet<string>;
  readonly #reached: readonly TargetReport[];

  constructor(snapshot: Snapshot, evidence: Evidence, now: number) {
    const { rows } = snapshot;
    this.#snapshot = snapshot;
    this.#evidence = evidence;
    this.#now = now;
    this.#groups = new Map(rows.groups.map((group) => [group.id, group]));
    const live = rows.members.filter(({ deleted }) => !deleted);
    this.#live = Map.groupBy(live, ({ groupId }) => groupId);
    this.#joinedAgain = new Set(live.map(placeKey));
    const unreleased = new Map<string, number>();
    for (const { deleted, sledId, groupId } of rows.members) {
      if (!deleted || sledId !== null) unreleased.set(groupId, (unreleased.get(groupId) ?? 0) + 1);
    }
    this.#unreleased = unreleased;
    this.#reached = [...evidence.reports.values()].filter(isReached);
  }

  group(group: GroupRow): GroupFacts {
    const live = this.#live.get(group.id) ?? [];
    return {
      state: group.state,
      members: live.length,
      explicit: group.explicit,
      ageMs: this.#now - Date.parse(group.timeCreated),
      programmable: sourcesOf(group, live) !== undefined,
      mapped: group.underlayIp !== null,
      switchReachable: this.#evidence.switchReachable,
      held: this.#reached.every((report) => holdsGroup(report, group)),
      cleared: this.#reached.every((report) => isClearOf(report, group)),
      unreleased: this.#unreleased.get(group.id) ?? 0,
    };
  }

  member(member: MemberRow): MemberFacts {
    const group = this.#groups.get(member.groupId);
    const sled = sledOf(member);
    return {
      state: member.state,
      deleted: member.deleted,
      // The foreign key keeps a group as long as it has members.
      groupState: group?.state ?? "deleting",
      valid: isValid(member),
      sled,
      recorded: member.sledId,
      resolvable: sled !== null && this.#isResolvable(sled),
      applied: sled !== null && group !== undefined && this.#isApplied(member, group, sled),
      released: this.#isReleased(member),
    };
  }

  /** Groups that wait for the saga. */
  isAwaited(group: GroupRow): boolean {
    return isAwaited(group, this.#live.get(group.id) ?? []);
  }

  /** Some switch that was asked knows a port for it. */
  #isResolvable(sledId: string): boolean {
    const { cubbies } = this.#snapshot.intent;
    const switches = this.#switches();
    return cubbies.has(sledId) && (switches.length === 0 || switches.some(({ unresolved }) => !unresolved.has(sledId)));
  }

  #switches(): readonly TargetReport[] {
    return this.#reached.filter(({ target }) => target.startsWith("switch"));
  }

  #isApplied(member: MemberRow, group: GroupRow, sledId: string): boolean {
    const switches = this.#switches();
    const onSwitches = switches.every(({ snapshot, wrong }) => {
      const held = snapshot?.intent.switches.groups.get(group.ip);
      return held?.tag === group.tag && !wrong.has(group.tag) && held.sledIds.includes(sledId);
    });
    if (switches.length === 0 || !onSwitches) return false;
    const report = this.#evidence.reports.get(sledTargetName(sledId));
    const intent = report?.snapshot?.intent.sleds.get(sledId);
    const propolisId = member.vmm?.id;
    if (report === undefined || intent === undefined || propolisId === undefined || !isReached(report)) return false;
    const key = subscriptionKey(propolisId, group.ip);
    const subscription = intent.subscriptions.get(key);
    const underlay = intent.m2p.get(group.ip);
    return (
      subscription !== undefined &&
      subscription.memberIds.includes(member.id) &&
      sourcesText(subscription.sources) === sourcesText(member.sources) &&
      underlay !== undefined &&
      underlay === group.underlayIp &&
      intent.forwarding.has(underlay) &&
      !report.waiting.has(key) &&
      ![key, group.ip, underlay].some((subject) => report.wrong.has(subject))
    );
  }

  #isReleased(member: MemberRow): boolean {
    const { sledId, vmm } = member;
    if (sledId === null || this.#joinedAgain.has(placeKey(member))) return true;
    if (!this.#snapshot.intent.sleds.has(sledId) || vmm?.sledId !== sledId) return true;
    const report = this.#evidence.reports.get(sledTargetName(sledId));
    if (report === undefined) return false;
    if (report.outcome === "unsupported") return true;
    // One that tells its subscriptions is compared as a whole when it is back.
    if (report.outcome === "unreachable") return this.#evidence.tells(sledId);
    return report.snapshot?.ended.has(member.id) === true && !report.wrong.has(subscriptionKey(vmm.id, member.groupIp));
  }
}

const placeKey = ({ instanceId, groupIp }: MemberRow): string => `${instanceId} ${groupIp}`;

const isReached = ({ outcome, snapshot }: TargetReport): boolean =>
  (outcome === "applied" || outcome === "failed") && snapshot !== undefined;

function holdsGroup({ target, snapshot, wrong }: TargetReport, { ip, tag, underlayIp }: GroupRow): boolean {
  if (target.startsWith("switch")) return snapshot?.intent.switches.groups.get(ip)?.tag === tag && !wrong.has(tag);
  return !wrong.has(ip) && (underlayIp === null || !wrong.has(underlayIp));
}

/** It was held to rows in which the group was on its way out, and refused nothing of it. */
function isClearOf({ snapshot, wrong }: TargetReport, group: GroupRow): boolean {
  const subjects = [group.tag, group.ip, group.underlayIp ?? group.ip];
  return snapshot?.deleting.has(group.id) === true && !subjects.some((subject) => wrong.has(subject));
}
