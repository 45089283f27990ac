/** Multicast groups of both kinds: reading, deleting and resetting them. */
import { accept, declare, param, query, refuse, type Schema } from "@racklet/api-kit";
import { canonicalIp, isIpv6, isUnderlayMulticast } from "@racklet/net";
import {
  MulticastGroupCreateExternalEntry,
  MulticastGroupCreateUnderlayEntry,
  MulticastGroupExternalResponse,
  MulticastGroupResponse,
  MulticastGroupResponsePage,
  MulticastGroupUnderlayResponse,
  MulticastGroupUpdateExternalEntry,
  MulticastGroupUpdateUnderlayEntry,
  MulticastTag,
  UnderlayMulticastIpv6,
} from "../latest.ts";
import { MULTICAST_BODY_LIMIT } from "../limits.ts";
import * as v1 from "../v1/mcast.ts";
import * as v7 from "../v7/mcast.ts";
import * as v8 from "../v8/mcast.ts";
import { V } from "../versions.ts";

const groupIp = { group_ip: param.ip() };

const scopedIp = (schema: Schema<string>, contains: (ip: string) => boolean, range: string) => ({
  group_ip: param.custom(schema, (text) =>
    isIpv6(text) && contains(text)
      ? accept(canonicalIp(text) ?? text)
      : refuse(`\`${text}\` is not an IPv6 address in ${range}`),
  ),
});
const underlayIp = scopedIp(UnderlayMulticastIpv6, isUnderlayMulticast, "ff04::/64");
const adminScopedIp = scopedIp(v1.AdminScopedIpv6, v1.isAdminScoped, "ff04::/16");

/** Documented as upstream does, and not checked: a malformed tag is one that no group has. */
const anyTag = param.custom<string>(MulticastTag, accept);
const tagParam = { tag: anyTag };
const tagQuery = { tag: query.required<v8.PresentedTag>(anyTag) };

export const multicastOperations = {
  multicast_group_create_external: declare({
    operationId: "multicast_group_create_external",
    method: "POST",
    path: "/multicast/external-groups",
    bodyLimit: MULTICAST_BODY_LIMIT,
    summary: "Create an external multicast group",
    description:
      "Its NAT target names the underlay group whose members get its packets, which must exist; several external groups may share one. A group of that address is a conflict (409).",
    revisions: [
      {
        since: V.MCAST_STRICT_UNDERLAY,
        body: MulticastGroupCreateExternalEntry,
        response: MulticastGroupExternalResponse,
        status: 201,
      },
      {
        since: V.MCAST_SOURCE_FILTER_ANY,
        body: v7.MulticastGroupCreateExternalEntry,
        response: v7.MulticastGroupExternalResponse,
        status: 201,
        down: v8.downExternal,
      },
      {
        since: V.INITIAL,
        body: v1.MulticastGroupCreateExternalEntry,
        response: v1.MulticastGroupExternalResponse,
        status: 201,
        up: v7.upCreateExternal,
        down: v7.downExternal,
      },
    ],
  }),
  multicast_group_update_external: declare({
    operationId: "multicast_group_update_external",
    method: "PUT",
    path: "/multicast/external-groups/{group_ip}",
    bodyLimit: MULTICAST_BODY_LIMIT,
    params: groupIp,
    summary: "Replace what an external multicast group does",
    description: "Sources that are not given become any source. The group keeps its tag, which must be presented.",
    revisions: [
      {
        since: V.MCAST_STRICT_UNDERLAY,
        query: tagQuery,
        body: MulticastGroupUpdateExternalEntry,
        response: MulticastGroupExternalResponse,
      },
      {
        since: V.MCAST_SOURCE_FILTER_ANY,
        body: v7.MulticastGroupUpdateExternalEntry,
        response: v7.MulticastGroupExternalResponse,
        status: 201,
        up: v8.upUpdateExternal,
        upQuery: v8.upTag,
        down: v8.downExternal,
      },
      {
        since: V.INITIAL,
        body: v1.MulticastGroupUpdateExternalEntry,
        response: v1.MulticastGroupExternalResponse,
        status: 201,
        up: v7.upUpdateExternal,
        down: v7.downExternal,
      },
    ],
  }),
  multicast_group_create_underlay: declare({
    operationId: "multicast_group_create_underlay",
    method: "POST",
    path: "/multicast/underlay-groups",
    bodyLimit: MULTICAST_BODY_LIMIT,
    summary: "Create an underlay multicast group",
    description:
      "Takes a pair of group ids of the ASIC, members or not. A group of that address is a conflict (409), an unknown port or link is not found (404). A member named twice is one member.",
    revisions: [
      {
        since: V.MCAST_STRICT_UNDERLAY,
        body: MulticastGroupCreateUnderlayEntry,
        response: MulticastGroupUnderlayResponse,
        status: 201,
      },
      {
        since: V.INITIAL,
        body: v1.MulticastGroupCreateUnderlayEntry,
        response: v7.MulticastGroupUnderlayResponse,
        status: 201,
        up: v8.upCreateUnderlay,
        down: v8.downUnderlay,
      },
    ],
  }),
  multicast_group_get_underlay: declare({
    operationId: "multicast_group_get_underlay",
    method: "GET",
    path: "/multicast/underlay-groups/{group_ip}",
    summary: "Get an underlay multicast group",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY, params: underlayIp, response: MulticastGroupUnderlayResponse },
      {
        since: V.INITIAL,
        params: adminScopedIp,
        response: v7.MulticastGroupUnderlayResponse,
        down: v8.downUnderlay,
      },
    ],
  }),
  multicast_group_update_underlay: declare({
    operationId: "multicast_group_update_underlay",
    method: "PUT",
    path: "/multicast/underlay-groups/{group_ip}",
    bodyLimit: MULTICAST_BODY_LIMIT,
    summary: "Replace the members of an underlay multicast group",
    description: "The members are all that it has afterwards. The group keeps its tag, which must be presented.",
    revisions: [
      {
        since: V.MCAST_STRICT_UNDERLAY,
        params: underlayIp,
        query: tagQuery,
        body: MulticastGroupUpdateUnderlayEntry,
        response: MulticastGroupUnderlayResponse,
      },
      {
        since: V.INITIAL,
        params: adminScopedIp,
        body: v1.MulticastGroupUpdateUnderlayEntry,
        response: v7.MulticastGroupUnderlayResponse,
        up: v8.upUpdateUnderlay,
        upQuery: v8.upTag,
        down: v8.downUnderlay,
      },
    ],
  }),
  multicast_groups_list: declare({
    operationId: "multicast_groups_list",
    method: "GET",
    path: "/multicast/groups",
    paginated: true,
    summary: "List the multicast groups",
    description: "IPv4 first, then by address.",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY, response: MulticastGroupResponsePage },
      { since: V.MCAST_SOURCE_FILTER_ANY, response: v7.MulticastGroupResponsePage, down: v8.downPage },
      { since: V.INITIAL, response: v1.MulticastGroupResponsePage, down: v7.downPage },
    ],
  }),
  multicast_reset: declare({
    operationId: "multicast_reset",
    method: "DELETE",
    path: "/multicast/groups",
    summary: "Delete all multicast groups",
    description: "All of them or, when anything fails, none.",
    revisions: [{ since: V.INITIAL }],
  }),
  multicast_group_get: declare({
    operationId: "multicast_group_get",
    method: "GET",
    path: "/multicast/groups/{group_ip}",
    params: groupIp,
    summary: "Get a multicast group of either kind",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY, response: MulticastGroupResponse },
      { since: V.MCAST_SOURCE_FILTER_ANY, response: v7.MulticastGroupResponse, down: v8.downGroup },
      { since: V.INITIAL, response: v1.MulticastGroupResponse, down: v7.downGroup },
    ],
  }),
  multicast_group_delete: declare({
    operationId: "multicast_group_delete",
    method: "DELETE",
    path: "/multicast/groups/{group_ip}",
    params: groupIp,
    summary: "Delete a multicast group of either kind",
    description: "Refused (400) for an underlay group that an external group leads to.",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY, query: tagQuery },
      { since: V.INITIAL, upQuery: v8.upTag },
    ],
  }),
  multicast_groups_list_by_tag: declare({
    operationId: "multicast_groups_list_by_tag",
    method: "GET",
    path: "/multicast/tags/{tag}",
    paginated: true,
    summary: "List the multicast groups with a tag",
    description: "IPv4 first, then by address.",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY, params: tagParam, response: MulticastGroupResponsePage },
      {
        since: V.MCAST_SOURCE_FILTER_ANY,
        params: { tag: param.string() },
        response: v7.MulticastGroupResponsePage,
        down: v8.downPage,
      },
      {
        since: V.INITIAL,
        params: { tag: param.string() },
        response: v1.MulticastGroupResponsePage,
        down: v7.downPage,
      },
    ],
  }),
  multicast_reset_by_tag: declare({
    operationId: "multicast_reset_by_tag",
    method: "DELETE",
    path: "/multicast/tags/{tag}",
    summary: "Delete the multicast groups with a tag",
    description:
      "All of them or, when anything fails, none. Refused (400) when a group of another tag leads to one of them. That there are none is no error.",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY, params: tagParam },
      { since: V.INITIAL, params: { tag: param.string() } },
    ],
  }),
  multicast_reset_untagged: declare({
    operationId: "multicast_reset_untagged",
    method: "DELETE",
    path: "/multicast/untagged",
    summary: "Delete the multicast groups without a tag",
    description: "Every group has a tag, so there are none: always refused (410).",
    revisions: [
      { since: V.MCAST_STRICT_UNDERLAY },
      { since: V.INITIAL, description: "Every group has a tag, so this does nothing." },
    ],
  }),
};
