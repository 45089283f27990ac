/** Groups come and go with their members; a member names its own sources, and a group can be named by its address. */
import { accept, refuse, type Param, type Parsed } from "@racklet/api-kit/params";
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { canonicalIp } from "@racklet/net";
import { IpVersion, parseNameOrId, type Selector } from "../common.ts";
import * as v2025112000 from "../v2025112000/multicast.ts";

export const MulticastGroupIdentifier = s.named(
  "MulticastGroupIdentifier",
  s.string(),
  "A multicast group by UUID, IP address or name, tried in this order.",
);

/** No address is a legal name. */
export type GroupIdentifier = Selector | { readonly ip: string };

/** Addresses come out in their canonical form. */
export function parseGroupIdentifier(text: string): Parsed<GroupIdentifier> {
  const ip = canonicalIp(text);
  return ip === null ? parseNameOrId(text) : accept({ ip });
}

/** A path parameter that names a group. */
export const multicastGroup = (): Param<GroupIdentifier> => ({
  // The document shows the wire's string; the parser hands on what it means.
  schema: MulticastGroupIdentifier as unknown as Param<GroupIdentifier>["schema"],
  parse: (text) => {
    const parsed = parseGroupIdentifier(text);
    return parsed.ok ? parsed : refuse(parsed.reason);
  },
});

const joinFields = {
  ip_version: s.nullish(
    s.described("of the pool that a new group's address comes from, when the group is given by name", IpVersion),
  ),
  source_ips: s.nullish(
    s.described(
      "the sources to receive from: at least one for a source-specific group; all sources, where a group of another kind gets none",
      s.array(s.ip()),
    ),
  ),
} as const;

export const MulticastGroupJoinSpec = s.named(
  "MulticastGroupJoinSpec",
  s.object({ group: MulticastGroupIdentifier, ...joinFields }),
  "A multicast group to be a member of.",
);
export type MulticastGroupJoinSpec = Infer<typeof MulticastGroupJoinSpec>;

export const InstanceMulticastGroupJoin = s.named("InstanceMulticastGroupJoin", s.object(joinFields));
export type InstanceMulticastGroupJoin = Infer<typeof InstanceMulticastGroupJoin>;

export const MulticastGroupMember = s.named(
  "MulticastGroupMember",
  s.object({
    ...v2025112000.multicastGroupMemberFields,
    multicast_ip: s.described("the address of the group", s.ip()),
    source_ips: s.described("the sources that the member receives from, sorted; none means all", s.array(s.ip())),
  }),
  "An instance's membership of a multicast group.",
);
export type MulticastGroupMember = Infer<typeof MulticastGroupMember>;
export const MulticastGroupMemberResultsPage = resultsPageOf("MulticastGroupMember", MulticastGroupMember);

export function memberDown(member: MulticastGroupMember): v2025112000.MulticastGroupMember {
  const { multicast_ip: _ip, source_ips: _sources, ...older } = member;
  return older;
}

/** A join without a body named neither sources nor a version. */
export const joinUp = (): InstanceMulticastGroupJoin => ({ ip_version: null, source_ips: null });
