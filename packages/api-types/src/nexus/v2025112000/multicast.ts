/** Multicast groups as the first version has them: created, changed and deleted by calls of their own. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identity, identityCreate, identityUpdate, NameOrId } from "../common.ts";

const vlan = s.integer("uint16", { minimum: 0 });

/** What every version's view of a group has. */
export const multicastGroupFields = {
  ...identity,
  ip_pool_id: s.described("the pool that the address is from", s.uuid()),
  multicast_ip: s.described("the address of the group", s.ip()),
  source_ips: s.described("every source that some member names, sorted", s.array(s.ip())),
  state: s.described("`Creating`, `Active` or `Deleting`", s.string()),
} as const;

export const MulticastGroup = s.named(
  "MulticastGroup",
  s.object({
    ...multicastGroupFields,
    mvlan: s.nullish(s.described("the VLAN of the group's packets that leave the rack", vlan)),
  }),
  "A multicast group.",
);
export type MulticastGroup = Infer<typeof MulticastGroup>;
export const MulticastGroupResultsPage = resultsPageOf("MulticastGroup", MulticastGroup);

export const multicastGroupMemberFields = {
  ...identity,
  instance_id: s.described("the instance that is the member", s.uuid()),
  multicast_group_id: s.described("the group it is a member of", s.uuid()),
  state: s.described("`Joining`, `Joined` or `Left`", s.string()),
} as const;

export const MulticastGroupMember = s.named(
  "MulticastGroupMember",
  s.object(multicastGroupMemberFields),
  "An instance's membership of a multicast group.",
);
export type MulticastGroupMember = Infer<typeof MulticastGroupMember>;
export const MulticastGroupMemberResultsPage = resultsPageOf("MulticastGroupMember", MulticastGroupMember);

export const MulticastGroupCreate = s.named(
  "MulticastGroupCreate",
  s.object({
    ...identityCreate,
    multicast_ip: s.nullish(s.described("the lowest free address of the pool, where none is given", s.ip())),
    mvlan: s.nullish(s.described("2 to 4094", vlan)),
    pool: s.nullish(s.described("one that the silo is linked to, where none is given", NameOrId)),
    source_ips: s.nullish(s.described("what members receive from; any source, where none are given", s.array(s.ip()))),
  }),
  "A multicast group to be made.",
);
export type MulticastGroupCreate = Infer<typeof MulticastGroupCreate>;

export const MulticastGroupUpdate = s.named(
  "MulticastGroupUpdate",
  s.object({
    ...identityUpdate,
    mvlan: s.nullish(s.described("2 to 4094; null takes it away", vlan)),
    source_ips: s.nullish(s.described("what members receive from; an empty list means any source", s.array(s.ip()))),
  }),
  "What of a multicast group is to change. What is absent stays as it is.",
);
export type MulticastGroupUpdate = Infer<typeof MulticastGroupUpdate>;

export const MulticastGroupMemberAdd = s.named(
  "MulticastGroupMemberAdd",
  s.object({ instance: s.described("the instance to add", NameOrId) }),
);
