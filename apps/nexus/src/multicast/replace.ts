/** An instance's memberships as a whole: what an update of the instance asks for replaces what there is. */
import { invalidRequest } from "../errors.ts";
import type { MulticastGroupTable } from "../db/schema.ts";
import { DUPLICATE_GROUP } from "./instance-create.ts";
import { findOrMakeGroup, type JoinRequest } from "./join.ts";
import { membershipsOf } from "./member-rows.ts";
import { attachMember, endMembers } from "./members.ts";
import { sourcesColumn } from "./sources.ts";
import type { MulticastWriter } from "./writer.ts";

export interface GroupSet {
  /** Whose pools new groups take their addresses from. */
  readonly siloId: string;
  /** Has passed `checkJoinRequests`. */
  readonly requests: readonly JoinRequest[];
}

/** Memberships of groups that are asked for again stay as they are, but for sources that are given and differ. */
export async function replaceMemberships(
  writer: MulticastWriter,
  instanceId: string,
  { siloId, requests }: GroupSet,
): Promise<void> {
  const wanted = new Map<string, { readonly group: MulticastGroupTable; readonly request: JoinRequest }>();
  for (const request of requests) {
    const group = await findOrMakeGroup(writer, () => siloId, request, writer.nexus.world.ids.uuid());
    if (wanted.has(group.id)) throw invalidRequest(DUPLICATE_GROUP);
    wanted.set(group.id, { group, request });
  }
  const members = await membershipsOf(writer, instanceId);
  await endMembers(
    writer,
    members.filter(({ external_group_id }) => !wanted.has(external_group_id)),
  );
  const known = new Map(members.map((member) => [member.external_group_id, member.source_ips]));
  // All updates take the groups in the same order, so that none waits for another in a circle.
  for (const { group, request } of [...wanted.values()].sort((a, b) => (a.group.id < b.group.id ? -1 : 1))) {
    const before = known.get(group.id);
    const { sources } = request;
    const isSame = before !== undefined && (sources === null || sourcesColumn(sources) === before);
    if (isSame) continue;
    await attachMember(writer, { instanceId, group, sources, memberId: writer.nexus.world.ids.uuid() });
  }
}
