/**
 * Version 8 narrows underlay groups to ff04::/64, makes the tag a guard that updates and deletions must present in the
 * query, and always answers it.
 */
import { mapPage, resultsPageOf, s, type Infer, type ResultsPage } from "@racklet/api-kit";
import * as v1 from "../v1/mcast.ts";
import * as v7 from "../v7/mcast.ts";

export const UnderlayMulticastIpv6 = s.named(
  "UnderlayMulticastIpv6",
  s.ipv6(),
  "The multicast address of an underlay group, ff04::/64.",
);

export const MulticastTag = s.named(
  "MulticastTag",
  s.string({ pattern: "^[a-zA-Z0-9_.:-]+$", minLength: 1, maxLength: 80 }),
  "Says whose a group is.",
);

const tag = s.string();
const external = v1.externalResponseFields(v7.IpSrc, tag);
const underlay = v1.underlayResponseFields(UnderlayMulticastIpv6, tag);
const [externalName, externalText] = v1.EXTERNAL_RESPONSE;
const [underlayName, underlayText] = v1.UNDERLAY_RESPONSE;
const [groupName, groupText] = v1.GROUP_RESPONSE;

export const MulticastGroupExternalResponse = s.named(externalName, s.object(external), externalText);
export type MulticastGroupExternalResponse = Infer<typeof MulticastGroupExternalResponse>;
export const MulticastGroupUnderlayResponse = s.named(underlayName, s.object(underlay), underlayText);
export type MulticastGroupUnderlayResponse = Infer<typeof MulticastGroupUnderlayResponse>;
export const MulticastGroupResponse = s.named(
  groupName,
  s.oneOf([
    s.object({ kind: s.literal("underlay"), ...underlay }),
    s.object({ kind: s.literal("external"), ...external }),
  ]),
  groupText,
);
export type MulticastGroupResponse = Infer<typeof MulticastGroupResponse>;
export const MulticastGroupResponsePage = resultsPageOf(groupName, MulticastGroupResponse);

export const MulticastGroupUpdateExternalEntry = v1.externalUpdateOf(v7.IpSrc);
export type MulticastGroupUpdateExternalEntry = Infer<typeof MulticastGroupUpdateExternalEntry>;
export const MulticastGroupCreateUnderlayEntry = v1.underlayCreateOf(UnderlayMulticastIpv6);
export type MulticastGroupCreateUnderlayEntry = Infer<typeof MulticastGroupCreateUnderlayEntry>;
export const MulticastGroupUpdateUnderlayEntry = s.named(
  "MulticastGroupUpdateUnderlayEntry",
  s.object(v1.underlayUpdateFields),
  "What an underlay group is to be: all its members.",
);
export type MulticastGroupUpdateUnderlayEntry = Infer<typeof MulticastGroupUpdateUnderlayEntry>;

/** The tag that a request presents. Null: an older client presents none, and the group's own is meant. */
export type PresentedTag = string | null;

/** Addresses of ff04::/16 outside ff04::/64 pass: they are refused like a request of this version. */
export function upCreateUnderlay(body: v1.MulticastGroupCreateUnderlayEntry): MulticastGroupCreateUnderlayEntry {
  v1.checkAdminScoped(body.group_ip);
  return body;
}

export function upUpdateExternal({
  tag: _,
  ...body
}: v7.MulticastGroupUpdateExternalEntry): MulticastGroupUpdateExternalEntry {
  return body;
}

export function upUpdateUnderlay({
  tag: _,
  ...body
}: v1.MulticastGroupUpdateUnderlayEntry): MulticastGroupUpdateUnderlayEntry {
  return body;
}

/** The tag was in the body of an update, if anywhere. */
export function upTag(_query: unknown, body: { tag?: string | null | undefined } | undefined): { tag: PresentedTag } {
  return { tag: body?.tag ?? null };
}

export const downExternal = (answer: MulticastGroupExternalResponse): v7.MulticastGroupExternalResponse => answer;
export const downUnderlay = (answer: MulticastGroupUnderlayResponse): v7.MulticastGroupUnderlayResponse => answer;
export const downGroup = (group: MulticastGroupResponse): v7.MulticastGroupResponse => group;
export const downPage = (page: ResultsPage<MulticastGroupResponse>): ResultsPage<v7.MulticastGroupResponse> =>
  mapPage(page, downGroup);
