/** The memberships an instance is created with: planned with their ids before the saga, made and taken back by its nodes. */
import type { NexusContext } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { identifierText } from "./identifier.ts";
import { findOrMakeGroup, type JoinRequest } from "./join.ts";
import { attachMember, endMembers, MAX_GROUPS_PER_INSTANCE, tooManyGroups } from "./members.ts";
import { checkSourceList } from "./sources.ts";
import { writeMulticast, type MulticastWriter } from "./writer.ts";

export interface MembershipPlan extends JoinRequest {
  /** Of the group, if the node makes it. */
  readonly groupId: string;
  readonly memberId: string;
}

export interface MembershipStep {
  readonly instanceId: string;
  readonly siloId: string;
  readonly plan: MembershipPlan;
  /** Those of the same request. */
  readonly all: readonly MembershipPlan[];
}

export const DUPLICATE_GROUP = "Duplicate multicast group specified in request";

/** What can be said of the list without looking anything up: for create requests and for updates. */
export function checkJoinRequests(requests: readonly JoinRequest[]): void {
  if (requests.length > MAX_GROUPS_PER_INSTANCE) throw tooManyGroups();
  for (const { sources } of requests) checkSourceList(sources);
  const groups = new Set(requests.map(({ group }) => identifierText(group)));
  if (groups.size !== requests.length) throw invalidRequest(DUPLICATE_GROUP);
}

export function planMemberships(nexus: NexusContext, requests: readonly JoinRequest[]): MembershipPlan[] {
  const { uuid } = nexus.world.ids;
  return requests.map((request) => ({ ...request, groupId: uuid(), memberId: uuid() }));
}

/**
 * Group and member are made at once, so a plan is done completely or not at all. One that was done before stays done, even
 * if the instance has left the group since.
 */
export async function makeMembership(nexus: NexusContext, step: MembershipStep): Promise<void> {
  const { instanceId, siloId, plan } = step;
  await writeMulticast(nexus, async (writer) => {
    if (await wasDone(writer, plan)) return;
    const group = await findOrMakeGroup(writer, () => siloId, plan, plan.groupId);
    const { member, outcome } = await attachMember(writer, { ...plan, instanceId, group });
    // The request names the group in two ways. (Others may have made the instance a member meanwhile, which is as good.)
    const isTwice = step.all.some(({ memberId }) => memberId === member.id);
    if (outcome !== "created" && isTwice) throw invalidRequest(DUPLICATE_GROUP);
  });
}

async function wasDone({ tx }: MulticastWriter, { groupId, memberId }: MembershipPlan): Promise<boolean> {
  const member = await tx
    .selectFrom("multicast_group_member")
    .select("id")
    .where("id", "=", memberId)
    .executeTakeFirst();
  if (member !== undefined) return true;
  return (
    (await tx.selectFrom("multicast_group").select("id").where("id", "=", groupId).executeTakeFirst()) !== undefined
  );
}

/** With the group, when it is left empty and nobody created it by a call of its own. */
export async function takeBackMembership(nexus: NexusContext, { memberId }: MembershipPlan): Promise<void> {
  await writeMulticast(nexus, async (writer) => {
    const live = await writer.tx
      .selectFrom("multicast_group_member")
      .select(["id", "external_group_id"])
      .where("id", "=", memberId)
      .where("time_deleted", "is", null)
      .execute();
    await endMembers(writer, live);
  });
}
