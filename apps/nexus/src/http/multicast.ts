/** Multicast groups: seen by every user, made and left by those who may change an instance. */
import { Reply, type Handlers } from "@racklet/api-kit";
import { multicastOperations } from "@racklet/api-types/nexus/operations/multicast";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { listGroups, viewGroup } from "../multicast/groups.ts";
import { getGroup } from "../multicast/identifier.ts";
import { joinGroup, leaveGroup } from "../multicast/join.ts";
import { listMembers } from "../multicast/member-rows.ts";
import { idPage } from "./by-id.ts";
import { requestedInstance, type OneInstance } from "./instance-selector.ts";
import { sortedListing } from "./listing.ts";
import { joinRequest } from "./multicast-body.ts";
import { groupView, memberView } from "./multicast-view.ts";

const operations = multicastOperations;

/** Says what a join amounted to: the status is 201 whatever it was. */
const MEMBERSHIP_HEADER = "x-racklet-membership";

export const multicastHandlers: Handlers<NexusContext, typeof multicastOperations> = {
  multicast_group_list: async (nexus, input) => {
    await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(operations.multicast_group_list.query, input);
    return page(await listGroups(nexus, paging), groupView, (row) => pageKey(paging.sortBy, row));
  },

  multicast_group_view: async (nexus, { params, request }) => {
    await authenticate(nexus, request);
    return groupView(await viewGroup(nexus, params.multicast_group));
  },

  multicast_group_member_list: async (nexus, input) => {
    await authenticate(nexus, input.request);
    const { id: groupId } = await getGroup(nexus.store.db, input.params.multicast_group);
    return idPage(
      operations.multicast_group_member_list.query,
      input,
      (page) => listMembers(nexus, { groupId }, page),
      memberView,
      (row) => row.id,
    );
  },

  instance_multicast_group_list: async (nexus, input) => {
    const { query, limit, lastSeen, page } = sortedListing(operations.instance_multicast_group_list.query, input);
    const { id: instanceId } = await requestedInstance(nexus, { ...input, query }, "read");
    return page(await listMembers(nexus, { instanceId }, { limit, lastSeen }), memberView, (row) => row.id);
  },

  instance_multicast_group_join: async (nexus, input) => {
    const request = joinRequest(input.params.multicast_group, input.body);
    const op = await authenticate(nexus, input.request);
    const instance = await requestedInstance(nexus, withoutSurplusProject(input), "modify");
    const { member, outcome } = await joinGroup(nexus, op, instance.id, request);
    return new Reply(memberView(member), { headers: [[MEMBERSHIP_HEADER, outcome]] });
  },

  instance_multicast_group_leave: async (nexus, input) => {
    const instance = await requestedInstance(nexus, withoutSurplusProject(input), "modify");
    await leaveGroup(nexus, instance.id, input.params.multicast_group);
  },
};

/** Here, unlike elsewhere, a project beside an instance's id is no error. */
export function withoutSurplusProject(input: OneInstance): OneInstance {
  return "id" in input.params.instance ? { ...input, query: {} } : input;
}
