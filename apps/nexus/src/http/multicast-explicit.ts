/** What only versions before 2026010800 have: groups created, changed and deleted by calls of their own. They see VLANs. */
import type { Handlers, Input, Override } from "@racklet/api-kit";
import type { Selector } from "@racklet/api-types/nexus/common";
import { multicastOperations, type explicitMulticastOperations } from "@racklet/api-types/nexus/operations/multicast";
import type { MulticastGroup } from "@racklet/api-types/nexus/v2025112000/multicast";
import { memberDown } from "@racklet/api-types/nexus/v2026010800/multicast";
import { groupDown } from "@racklet/api-types/nexus/v2026031400/multicast";
import { canonicalIp, inPrefix, isMulticast } from "@racklet/net";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey, type SortMode } from "../db/paginate.ts";
import { addMember, createGroup, deleteGroup, updateGroup } from "../multicast/explicit.ts";
import { listGroups, viewGroup, type GroupWithSources } from "../multicast/groups.ts";
import { leaveGroup } from "../multicast/join.ts";
import { listMembers } from "../multicast/member-rows.ts";
import { MAX_GROUPS_PER_INSTANCE } from "../multicast/members.ts";
import { parseSources } from "../multicast/sources.ts";
import { requestedInstance } from "./instance-selector.ts";
import { sortedListing } from "./listing.ts";
import { sourcesIn, unparsable } from "./multicast-body.ts";
import { groupView, memberView } from "./multicast-view.ts";
import { withoutSurplusProject } from "./multicast.ts";
import { bodySelector } from "./selector.ts";

export const explicitMulticastHandlers: Handlers<NexusContext, typeof explicitMulticastOperations> = {
  multicast_group_create: async (nexus, { body, request }) => {
    const wanted = {
      name: body.name,
      description: body.description,
      ip: groupAddress(body.multicast_ip),
      pool: body.pool == null ? null : bodySelector(body.pool),
      sources: sourcesIn(body.source_ips),
      mvlan: vlan(body.mvlan) ?? null,
    };
    const op = await authenticate(nexus, request);
    return olderView(await createGroup(nexus, op, wanted));
  },

  multicast_group_update: async (nexus, { params, body, request }) => {
    const { name, description } = body;
    const change = { name, description, sources: sourcesIn(body.source_ips), mvlan: vlan(body.mvlan) };
    await authenticate(nexus, request);
    return olderView(await updateGroup(nexus, params.multicast_group, change));
  },

  multicast_group_delete: async (nexus, { params, request }) => {
    await authenticate(nexus, request);
    await deleteGroup(nexus, params.multicast_group);
  },

  multicast_group_member_add: async (nexus, input) => {
    const params = { ...input.params, instance: bodySelector(input.body.instance) };
    const instance = await requestedInstance(nexus, withoutSurplusProject({ ...input, params }), "modify");
    const { member } = await addMember(nexus, params.multicast_group, instance.id);
    return memberDown(memberView(member));
  },

  multicast_group_member_remove: async (nexus, input) => {
    const instance = await requestedInstance(nexus, withoutSurplusProject(input), "modify");
    await leaveGroup(nexus, instance.id, input.params.multicast_group);
  },

  lookup_multicast_group_by_ip: async (nexus, { params, request }) => {
    await authenticate(nexus, request);
    return olderView(await viewGroup(nexus, { ip: params.address }));
  },

  instance_multicast_group_list_unpaged: async (nexus, input) => {
    const { id: instanceId } = await requestedInstance(nexus, input, "read");
    const rows = await listMembers(nexus, { instanceId }, { limit: MAX_GROUPS_PER_INSTANCE, lastSeen: undefined });
    return { items: rows.map((row) => memberDown(memberView(row))), next_page: null };
  },
};

type OneGroup = Input<{ readonly multicast_group: Selector }, unknown, undefined>;
type GroupPage = Input<unknown, { readonly sort_by: SortMode }, undefined>;

/** Later versions show no VLAN: what these see of a group cannot come from what those see. */
export const olderGroupHandlers: Readonly<Record<string, Override<NexusContext>>> = {
  "multicast_group_view@INITIAL": async (nexus, { params, request }: OneGroup) => {
    await authenticate(nexus, request);
    return olderView(await viewGroup(nexus, params.multicast_group));
  },

  "multicast_group_list@INITIAL": async (nexus, input: GroupPage) => {
    await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(multicastOperations.multicast_group_list.query, input);
    return page(await listGroups(nexus, paging), olderView, (row) => pageKey(paging.sortBy, row));
  },
};

/** Sources were the group's then: those it was given show even before anybody has joined, first and as they were given. */
function olderView(group: GroupWithSources): MulticastGroup {
  const source_ips = [...new Set([...parseSources(group.default_source_ips), ...group.sources])];
  return { ...groupDown(groupView(group)), source_ips, mvlan: group.mvlan };
}

const RESERVED = [
  { address: "224.0.0.0", length: 24, words: "link-local multicast range (224.0.0.0/24)" },
  { address: "ff01::", length: 16, words: "reserved multicast subnet ff01::/16" },
  { address: "ff02::", length: 16, words: "reserved multicast subnet ff02::/16" },
] as const;

function groupAddress(text: string | null | undefined): string | null {
  if (text == null) return null;
  const ip = canonicalIp(text) ?? text;
  if (!isMulticast(ip)) throw unparsable(`${ip} is not a multicast address`);
  const reserved = RESERVED.find((net) => inPrefix(ip, net));
  if (reserved !== undefined) throw unparsable(`${ip} is in the ${reserved.words}`);
  return ip;
}

function vlan(value: number | null | undefined): number | null | undefined {
  if (value == null) return value;
  if (value < 2) throw unparsable(`invalid mvlan: ${value} (must be >= 2, VLAN IDs 0-1 are reserved)`);
  if (value > 4094) throw unparsable(`invalid mvlan: ${value} (must be <= 4094)`);
  return value;
}
