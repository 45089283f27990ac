/** Multicast groups and their members. */
import { declare, mapPage, param, query, type ResultsPage } from "@racklet/api-kit";
import { nameOrId, sortById, sortByNameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/multicast.ts";
import * as v2026010800 from "../v2026010800/multicast.ts";
import * as v2026031400 from "../v2026031400/multicast.ts";
import { V } from "../versions.ts";

const tags = ["experimental"] as const;
const path = "/v1/multicast-groups/{multicast_group}";
const ofInstance = "/v1/instances/{instance}/multicast-groups";

const group = { multicast_group: v2026010800.multicastGroup() } as const;
/** Before addresses named groups. */
const olderGroup = { multicast_group: nameOrId() } as const;
const inProject = { project: query.optional(nameOrId()) } as const;

const membersDown = (
  page: ResultsPage<v2026010800.MulticastGroupMember>,
): ResultsPage<v2025112000.MulticastGroupMember> => mapPage(page, v2026010800.memberDown);

const multicast_group_list = declare({
  operationId: "multicast_group_list",
  method: "GET",
  path: "/v1/multicast-groups",
  tags,
  summary: "List all multicast groups",
  description: "Groups belong to no project: every user sees them all.",
  query: sortByNameOrId,
  paginated: true,
  revisions: [
    { since: V.MULTICAST_DROP_MVLAN, response: v2026031400.MulticastGroupResultsPage },
    {
      since: V.MULTICAST_IMPLICIT_LIFECYCLE,
      response: v2025112000.MulticastGroupResultsPage,
      down: (page: ResultsPage<v2026031400.MulticastGroup>) => mapPage(page, v2026031400.groupDown),
    },
    { since: V.INITIAL, response: v2025112000.MulticastGroupResultsPage },
  ],
});

const multicast_group_view = declare({
  operationId: "multicast_group_view",
  method: "GET",
  path,
  tags,
  summary: "Show a multicast group",
  params: group,
  revisions: [
    { since: V.MULTICAST_DROP_MVLAN, response: v2026031400.MulticastGroup },
    {
      since: V.MULTICAST_IMPLICIT_LIFECYCLE,
      response: v2025112000.MulticastGroup,
      down: v2026031400.groupDown,
    },
    { since: V.INITIAL, params: olderGroup, response: v2025112000.MulticastGroup },
  ],
});

const multicast_group_member_list = declare({
  operationId: "multicast_group_member_list",
  method: "GET",
  path: `${path}/members`,
  tags,
  summary: "List the members of a multicast group",
  params: group,
  query: sortById,
  paginated: true,
  revisions: [
    { since: V.MULTICAST_IMPLICIT_LIFECYCLE, response: v2026010800.MulticastGroupMemberResultsPage },
    {
      since: V.INITIAL,
      params: olderGroup,
      response: v2025112000.MulticastGroupMemberResultsPage,
      down: membersDown,
    },
  ],
});

const instance_multicast_group_list = declare({
  operationId: "instance_multicast_group_list",
  method: "GET",
  path: ofInstance,
  tags,
  summary: "List the multicast groups an instance is a member of",
  params: { instance: nameOrId() },
  query: { ...inProject, ...sortById },
  paginated: true,
  revisions: [{ since: V.MULTICAST_IMPLICIT_LIFECYCLE, response: v2026010800.MulticastGroupMemberResultsPage }],
});

const instance_multicast_group_join = declare({
  operationId: "instance_multicast_group_join",
  method: "PUT",
  path: `${ofInstance}/{multicast_group}`,
  tags,
  summary: "Make an instance a member of a multicast group",
  description:
    "A group given by name or address that does not exist is made, with an address of a multicast pool linked to the caller's silo. Joining again changes the sources, if some are given. A member names at most 32 sources, all members of a group together 256; an instance is in at most 32 groups. The header `x-racklet-membership` says what became of it: `created`, `rejoined`, `updated` or `unchanged`.",
  params: { instance: nameOrId(), ...group },
  query: inProject,
  revisions: [
    {
      since: V.MULTICAST_IMPLICIT_LIFECYCLE,
      body: v2026010800.InstanceMulticastGroupJoin,
      response: v2026010800.MulticastGroupMember,
      status: 201,
    },
    {
      since: V.INITIAL,
      params: { instance: nameOrId(), ...olderGroup },
      response: v2025112000.MulticastGroupMember,
      status: 201,
      up: v2026010800.joinUp,
      down: v2026010800.memberDown,
    },
  ],
});

const instance_multicast_group_leave = declare({
  operationId: "instance_multicast_group_leave",
  method: "DELETE",
  path: `${ofInstance}/{multicast_group}`,
  tags,
  summary: "Make an instance leave a multicast group",
  description: "A group that was made by a join goes with its last member.",
  query: inProject,
  params: { instance: nameOrId(), ...group },
  revisions: [
    { since: V.MULTICAST_IMPLICIT_LIFECYCLE },
    { since: V.INITIAL, params: { instance: nameOrId(), ...olderGroup } },
  ],
});

export const multicastOperations = {
  multicast_group_list,
  multicast_group_view,
  multicast_group_member_list,
  instance_multicast_group_list,
  instance_multicast_group_join,
  instance_multicast_group_leave,
} as const;

/** What ended when groups began to come and go with their members. */
const REMOVED = { since: V.MULTICAST_IMPLICIT_LIFECYCLE, removed: true } as const;

const multicast_group_create = declare({
  operationId: "multicast_group_create",
  method: "POST",
  path: "/v1/multicast-groups",
  tags,
  summary: "Create a multicast group",
  description: "It stays until it is deleted, with or without members.",
  revisions: [
    REMOVED,
    {
      since: V.INITIAL,
      body: v2025112000.MulticastGroupCreate,
      response: v2025112000.MulticastGroup,
      status: 201,
    },
  ],
});

const multicast_group_update = declare({
  operationId: "multicast_group_update",
  method: "PUT",
  path,
  tags,
  summary: "Change a multicast group",
  description: "New sources also become those of the members that took the old ones.",
  params: olderGroup,
  revisions: [
    REMOVED,
    { since: V.INITIAL, body: v2025112000.MulticastGroupUpdate, response: v2025112000.MulticastGroup },
  ],
});

const multicast_group_delete = declare({
  operationId: "multicast_group_delete",
  method: "DELETE",
  path,
  tags,
  summary: "Delete a multicast group",
  description: "Its members leave it.",
  params: olderGroup,
  revisions: [REMOVED, { since: V.INITIAL }],
});

const multicast_group_member_add = declare({
  operationId: "multicast_group_member_add",
  method: "POST",
  path: `${path}/members`,
  tags,
  summary: "Add an instance to a multicast group",
  description: "The group must exist. Nothing happens when the instance is a member already.",
  idempotent: true,
  params: olderGroup,
  query: inProject,
  revisions: [
    REMOVED,
    {
      since: V.INITIAL,
      body: v2025112000.MulticastGroupMemberAdd,
      response: v2025112000.MulticastGroupMember,
      status: 201,
    },
  ],
});

const multicast_group_member_remove = declare({
  operationId: "multicast_group_member_remove",
  method: "DELETE",
  path: `${path}/members/{instance}`,
  tags,
  summary: "Remove an instance from a multicast group",
  params: { ...olderGroup, instance: nameOrId() },
  query: inProject,
  revisions: [REMOVED, { since: V.INITIAL }],
});

const lookup_multicast_group_by_ip = declare({
  operationId: "lookup_multicast_group_by_ip",
  method: "GET",
  path: "/v1/system/multicast-groups/by-ip/{address}",
  tags,
  summary: "Show the multicast group that has an address",
  params: { address: param.ip() },
  revisions: [REMOVED, { since: V.INITIAL, response: v2025112000.MulticastGroup }],
});

/** `instance_multicast_group_list` before it had pages. */
const instance_multicast_group_list_unpaged = declare({
  operationId: "instance_multicast_group_list_unpaged",
  method: "GET",
  path: ofInstance,
  tags,
  summary: "List the multicast groups an instance is a member of",
  params: { instance: nameOrId() },
  query: inProject,
  revisions: [
    REMOVED,
    {
      since: V.INITIAL,
      operationId: "instance_multicast_group_list",
      response: v2025112000.MulticastGroupMemberResultsPage,
    },
  ],
});

export const explicitMulticastOperations = {
  multicast_group_create,
  multicast_group_update,
  multicast_group_delete,
  multicast_group_member_add,
  multicast_group_member_remove,
  lookup_multicast_group_by_ip,
  instance_multicast_group_list_unpaged,
} as const;
