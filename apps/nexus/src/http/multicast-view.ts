/** Groups and members as the newest version shows them. */
import type { MulticastGroupMember } from "@racklet/api-types/nexus/v2026010800/multicast";
import type { MulticastGroup } from "@racklet/api-types/nexus/v2026031400/multicast";
import type { MulticastGroupMemberTable } from "../db/schema.ts";
import type { GroupWithSources } from "../multicast/groups.ts";
import { parseSources } from "../multicast/sources.ts";
import { identityView } from "./identity.ts";

export function groupView(group: GroupWithSources): MulticastGroup {
  return {
    ...identityView(group),
    ip_pool_id: group.ip_pool_id,
    multicast_ip: group.multicast_ip,
    source_ips: [...group.sources],
    has_any_source_member: group.hasAnySourceMember,
    state: capitalised(group.state),
  };
}

/** A member has no name of its own. */
export function memberView(member: MulticastGroupMemberTable): MulticastGroupMember {
  const { id, time_created, time_modified } = member;
  return {
    id,
    name: `member-${id}`,
    description: `multicast group member ${id}`,
    time_created,
    time_modified,
    instance_id: member.parent_id,
    multicast_group_id: member.external_group_id,
    multicast_ip: member.multicast_ip,
    source_ips: parseSources(member.source_ips),
    state: capitalised(member.state),
  };
}

export const capitalised = (state: string): string => state.charAt(0).toUpperCase() + state.slice(1);
