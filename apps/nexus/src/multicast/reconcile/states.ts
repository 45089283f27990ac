/**
 * What becomes of groups and members, as one table: state × condition → action, next state. The reconciler takes the first row
 * that fits; docs/multicast-states.md prints the table and the tests go through it row by row.
 */
import type { MulticastGroupState, MulticastMemberState } from "../../db/schema.ts";

/** A group without members, not created by a call of its own, is kept this long: somebody may be about to join. */
export const ORPHAN_GRACE_MS = 10_000;

export interface GroupFacts {
  readonly state: MulticastGroupState;
  /** Live members, dormant ones included. */
  readonly members: number;
  /** Created by its own call. */
  readonly explicit: boolean;
  readonly ageMs: number;
  /** False for a source-specific group that nobody has named a source for. */
  readonly programmable: boolean;
  /** It has its group on the underlay. */
  readonly mapped: boolean;
  readonly switchReachable: boolean;
  /** Every switch and sled that can be reached holds what it must of the group. */
  readonly held: boolean;
  /** No switch or sled that can be reached holds anything of the group. */
  readonly cleared: boolean;
  /** Rows of ended memberships that still wait for a sled. */
  readonly unreleased: number;
}

export interface MemberFacts {
  readonly state: MulticastMemberState;
  readonly deleted: boolean;
  readonly groupState: MulticastGroupState;
  /** The instance exists and is not on its way down. */
  readonly valid: boolean;
  /** The sled that its instance receives on now. */
  readonly sled: string | null;
  /** The sled that its row names. */
  readonly recorded: string | null;
  /** Some switch port that leads to `sled` is known. */
  readonly resolvable: boolean;
  /** Every switch that can be reached, and the sled, hold the membership as it is now. */
  readonly applied: boolean;
  /** The recorded sled does not hold it any more, or nobody will ask it again. */
  readonly released: boolean;
}

export type GroupAction = "none" | "report" | "markDeleting" | "ensure" | "deleteRows";
export type MemberAction =
  | "none"
  | "report"
  | "softDelete"
  | "rest"
  | "wake"
  | "recordSled"
  | "rejoin"
  | "complete"
  | "release"
  | "deleteRow";

export interface Rule<State, Facts, Action, Next> {
  readonly id: string;
  readonly state: State | "any" | "ended";
  /** Completes "when …". */
  readonly when: string;
  readonly test: (facts: Facts) => boolean;
  readonly action: Action;
  /** What the action does, for people. */
  readonly does: string;
  readonly next: Next;
}

export type GroupRule = Rule<MulticastGroupState, GroupFacts, GroupAction, MulticastGroupState | "removed">;
export type MemberRule = Rule<
  MulticastMemberState,
  MemberFacts,
  MemberAction,
  MulticastMemberState | "ended" | "removed"
>;

const isOrphan = ({ members, explicit }: GroupFacts): boolean => members === 0 && !explicit;

/** What is done to a target's tables is done by comparing all of it; these rows only wait for that. */
export const GROUP_RULES: readonly GroupRule[] = [
  {
    id: "creating-orphan-young",
    state: "creating",
    when: "no members, not created by its own call, at most 10 s old",
    test: (group) => isOrphan(group) && group.ageMs <= ORPHAN_GRACE_MS,
    action: "none",
    does: "wait",
    next: "creating",
  },
  {
    id: "creating-orphan-old",
    state: "creating",
    when: "no members, not created by its own call, more than 10 s old",
    test: isOrphan,
    action: "markDeleting",
    does: "mark it, unless a member came or the state changed",
    next: "deleting",
  },
  {
    id: "creating-no-sources",
    state: "creating",
    when: "source-specific, and nobody has named a source",
    test: ({ programmable }) => !programmable,
    action: "none",
    does: "wait for a member with sources",
    next: "creating",
  },
  {
    id: "creating-no-switch",
    state: "creating",
    when: "no switch can be reached",
    test: ({ switchReachable }) => !switchReachable,
    action: "report",
    does: "report it, try again",
    next: "creating",
  },
  {
    id: "creating-unmapped",
    state: "creating",
    when: "not mapped onto the underlay",
    test: ({ mapped }) => !mapped,
    action: "ensure",
    does: "map it, then saga `multicast-group-dpd-ensure` on every switch that can be reached; a saga that fails is undone and tried again",
    next: "active",
  },
  {
    id: "creating-mapped",
    state: "creating",
    when: "mapped onto the underlay",
    test: () => true,
    action: "ensure",
    does: "saga `multicast-group-dpd-ensure`, as above",
    next: "active",
  },
  {
    id: "active-orphan-young",
    state: "active",
    when: "no members, not created by its own call, at most 10 s old",
    test: (group) => isOrphan(group) && group.ageMs <= ORPHAN_GRACE_MS,
    action: "none",
    does: "wait",
    next: "active",
  },
  {
    id: "active-orphan-old",
    state: "active",
    when: "no members, not created by its own call, more than 10 s old",
    test: isOrphan,
    action: "markDeleting",
    does: "mark it, unless a member came or the state changed",
    next: "deleting",
  },
  {
    id: "active-held",
    state: "active",
    when: "every switch and sled that can be reached holds it",
    test: ({ held }) => held,
    action: "none",
    does: "nothing: verified",
    next: "active",
  },
  {
    id: "active-drifted",
    state: "active",
    when: "a switch or sled that can be reached does not hold it as it must",
    test: () => true,
    action: "report",
    does: "each target is repaired by itself; what it refuses is reported and tried again",
    next: "active",
  },
  {
    id: "deleting-unreleased",
    state: "deleting",
    when: "an ended membership still waits for its sled",
    test: ({ unreleased }) => unreleased > 0,
    action: "none",
    does: "wait",
    next: "deleting",
  },
  {
    id: "deleting-unmapped",
    state: "deleting",
    when: "never mapped onto the underlay",
    test: ({ mapped }) => !mapped,
    action: "deleteRows",
    does: "delete the rows: no switch or sled has heard of it",
    next: "removed",
  },
  {
    id: "deleting-held",
    state: "deleting",
    when: "a switch or sled that can be reached still holds something of it",
    test: ({ cleared }) => !cleared,
    action: "report",
    does: "each target is cleared by itself; what it refuses is reported and tried again",
    next: "deleting",
  },
  {
    id: "deleting-cleared",
    state: "deleting",
    when: "no switch or sled that can be reached holds anything of it",
    test: () => true,
    action: "deleteRows",
    does: "delete the rows; a target that is away is compared as a whole when it is back",
    next: "removed",
  },
];

const live = ({ deleted }: MemberFacts): boolean => !deleted;
const moved = ({ sled, recorded }: MemberFacts): boolean => sled !== null && sled !== recorded;

export const MEMBER_RULES: readonly MemberRule[] = [
  {
    id: "group-gone",
    state: "any",
    when: "its group is being deleted",
    test: (member) => live(member) && member.groupState === "deleting",
    action: "softDelete",
    does: "end it; the sled stays recorded until it has let go",
    next: "ended",
  },
  {
    id: "joining-invalid",
    state: "joining",
    when: "the instance is gone, stopped or stopping",
    test: (member) => live(member) && !member.valid,
    action: "rest",
    does: "let it rest, without a sled",
    next: "left",
  },
  {
    id: "joining-moved",
    state: "joining",
    when: "the instance runs on another sled than recorded",
    test: (member) => live(member) && moved(member),
    action: "recordSled",
    does: "record the sled",
    next: "joining",
  },
  {
    id: "joining-creating",
    state: "joining",
    when: "its group is being created",
    test: (member) => live(member) && member.groupState === "creating",
    action: "none",
    does: "wait",
    next: "joining",
  },
  {
    id: "joining-nowhere",
    state: "joining",
    when: "group active, and the instance runs on no sled yet",
    test: (member) => live(member) && member.sled === null,
    action: "none",
    does: "wait",
    next: "joining",
  },
  {
    id: "joining-unresolvable",
    state: "joining",
    when: "group active, and no switch port is known that leads to the sled",
    test: (member) => live(member) && !member.resolvable,
    action: "report",
    does: "report it, try again",
    next: "joining",
  },
  {
    id: "joining-unapplied",
    state: "joining",
    when: "group active, and a switch that can be reached, or the sled, does not hold it yet",
    test: (member) => live(member) && !member.applied,
    action: "report",
    does: "each target is brought there by itself",
    next: "joining",
  },
  {
    id: "joining-applied",
    state: "joining",
    when: "group active, and every switch that can be reached and the sled hold it",
    test: live,
    action: "complete",
    does: "it is done",
    next: "joined",
  },
  {
    id: "joined-invalid",
    state: "joined",
    when: "the instance is gone, stopped or stopping",
    test: (member) => live(member) && !member.valid,
    action: "rest",
    does: "let it rest, without a sled; ports and mappings that nobody else needs go with it",
    next: "left",
  },
  {
    id: "joined-moved-applied",
    state: "joined",
    when: "the instance runs on another sled, where it is in place already",
    test: (member) => live(member) && moved(member) && member.applied,
    action: "recordSled",
    does: "record the sled",
    next: "joined",
  },
  {
    id: "joined-moved",
    state: "joined",
    when: "the instance runs on another sled, where it is not in place yet",
    test: (member) => live(member) && moved(member),
    action: "rejoin",
    does: "record the sled, bring it there",
    next: "joining",
  },
  {
    id: "joined-nowhere",
    state: "joined",
    when: "the instance runs on no sled",
    test: (member) => live(member) && member.sled === null,
    action: "rest",
    does: "let it rest, without a sled",
    next: "left",
  },
  {
    id: "joined-unresolvable",
    state: "joined",
    when: "no switch port is known any more that leads to the sled",
    test: (member) => live(member) && !member.resolvable,
    action: "rejoin",
    does: "report it, try again; ports of other members are left alone meanwhile",
    next: "joining",
  },
  {
    id: "joined-held",
    state: "joined",
    when: "same sled, and every switch that can be reached and the sled hold it",
    test: (member) => live(member) && member.applied,
    action: "none",
    does: "nothing: verified",
    next: "joined",
  },
  {
    id: "joined-drifted",
    state: "joined",
    when: "same sled, and a switch that can be reached, or the sled, does not hold it",
    test: live,
    action: "report",
    does: "each target is repaired by itself",
    next: "joined",
  },
  {
    id: "left-invalid",
    state: "left",
    when: "the instance is gone, stopped or stopping",
    test: (member) => live(member) && !member.valid,
    action: "none",
    does: "nothing: the membership is dormant",
    next: "left",
  },
  {
    id: "left-creating",
    state: "left",
    when: "the instance is there again, its group is being created",
    test: (member) => live(member) && member.groupState === "creating",
    action: "none",
    does: "wait",
    next: "left",
  },
  {
    id: "left-wakes",
    state: "left",
    when: "the instance is there again, group active",
    test: live,
    action: "wake",
    does: "wake it, on the instance's sled",
    next: "joining",
  },
  {
    id: "ended-released",
    state: "ended",
    when: "a sled is recorded that has let go: it says so, has not got the VMM any more, was expunged, or the instance joined again",
    test: ({ recorded, released }) => recorded !== null && released,
    action: "release",
    does: "forget the sled",
    next: "ended",
  },
  {
    id: "ended-held",
    state: "ended",
    when: "a sled is recorded that may still have it",
    test: ({ recorded }) => recorded !== null,
    action: "report",
    does: "the sled is told again",
    next: "ended",
  },
  {
    id: "ended-free",
    state: "ended",
    when: "no sled is recorded",
    test: () => true,
    action: "deleteRow",
    does: "delete the row",
    next: "removed",
  },
];

/** The row that applies: the last of each state asks nothing. */
export function groupRule(facts: GroupFacts): GroupRule {
  const rule = GROUP_RULES.find(({ state, test }) => state === facts.state && test(facts));
  if (rule === undefined) throw new Error(`no row of the table fits a group that is ${facts.state}`);
  return rule;
}

export function memberRule(facts: MemberFacts): MemberRule {
  const rule = MEMBER_RULES.find(
    ({ state, test }) => (state === "any" || state === (facts.deleted ? "ended" : facts.state)) && test(facts),
  );
  if (rule === undefined) throw new Error(`no row of the table fits a member that is ${facts.state}`);
  return rule;
}
