/**
 * Multicast groups. An underlay group has members and drives replication; an external group has none and leads to an
 * underlay group by its NAT target. Underlay addresses are admin-local here; version 8 narrows them.
 */
import { HttpError, resultsPageOf, s, type Infer, type Schema } from "@racklet/api-kit";
import { Ipv4Net } from "../../common/network.ts";
import { NatTarget } from "./nat.ts";
import { LinkId, PortId } from "./port.ts";

export const IpSrc = s.named(
  "IpSrc",
  s.oneOf([
    s.described("One address.", s.closed({ Exact: s.ip() })),
    s.described("An IPv4 subnet.", s.closed({ Subnet: Ipv4Net })),
  ]),
  "A source from which a group accepts packets.",
);
export type IpSrc = Infer<typeof IpSrc>;

export const AdminScopedIpv6 = s.named("AdminScopedIpv6", s.ipv6(), "An admin-local multicast address, ff04::/16.");

export const Direction = s.named(
  "Direction",
  s.enum(["Underlay", "External"]),
  "Whether copies for a member stay encapsulated, for a sled, or are decapsulated, for a customer's network.",
);

export const MulticastGroupMember = s.named(
  "MulticastGroupMember",
  s.object({ port_id: PortId, link_id: LinkId, direction: Direction }),
  "A link that copies of a group's packets leave through.",
);
export type MulticastGroupMember = Infer<typeof MulticastGroupMember>;

export const InternalForwarding = s.named(
  "InternalForwarding",
  s.object({ nat_target: s.nullish(NatTarget) }),
  "Where an external group's packets go in the rack.",
);

export const ExternalForwarding = s.named(
  "ExternalForwarding",
  s.object({ vlan_id: s.nullish(s.u16()) }),
  "How an external group's packets look in the customer's network.",
);

const forwarding = { internal_forwarding: InternalForwarding, external_forwarding: ExternalForwarding };
const groupId = s.described("Id of the group in the ASIC.", s.u16());
const optionalTag = {
  tag: s.nullish(s.described("Absent: one is made up on creation, and the group's own is meant later.", s.string())),
};

/** The field `sources`; absent or empty: any. */
const sourcesOf = <T>(source: Schema<T>) => ({
  sources: s.nullish(s.described("Absent: any source is accepted.", s.array(source))),
});

export const externalCreateOf = <T>(source: Schema<T>) =>
  s.named(
    "MulticastGroupCreateExternalEntry",
    s.object({ group_ip: s.ip(), ...optionalTag, ...forwarding, ...sourcesOf(source) }),
    "An external group to create.",
  );

/** From version 8 on an update has no tag in its body. */
export const externalUpdateOf = <T>(source: Schema<T>) =>
  s.named(
    "MulticastGroupUpdateExternalEntry",
    s.object({ ...forwarding, ...sourcesOf(source) }),
    "What an external group is to be.",
  );

export const taggedExternalUpdateOf = <T>(source: Schema<T>) =>
  s.named(
    "MulticastGroupUpdateExternalEntry",
    s.object({ ...optionalTag, ...forwarding, ...sourcesOf(source) }),
    "What an external group is to be.",
  );

export const underlayCreateOf = (address: Schema<string>) =>
  s.named(
    "MulticastGroupCreateUnderlayEntry",
    s.object({ group_ip: address, ...optionalTag, members: s.array(MulticastGroupMember) }),
    "An underlay group to create; it may have no members.",
  );

export const underlayUpdateFields = { members: s.array(MulticastGroupMember) };

/** The fields of answers, with a tag that is nullable before version 8 although it is always there. */
export const externalResponseFields = <T, G>(source: Schema<T>, tag: G) => ({
  group_ip: s.ip(),
  external_group_id: groupId,
  tag,
  ...forwarding,
  ...sourcesOf(source),
});

export const underlayResponseFields = <G>(address: Schema<string>, tag: G) => ({
  group_ip: address,
  external_group_id: groupId,
  underlay_group_id: groupId,
  tag,
  members: s.array(MulticastGroupMember),
});

export const EXTERNAL_RESPONSE = ["MulticastGroupExternalResponse", "An external group."] as const;
export const UNDERLAY_RESPONSE = ["MulticastGroupUnderlayResponse", "An underlay group."] as const;
export const GROUP_RESPONSE = ["MulticastGroupResponse", "A group of either kind."] as const;

const nullableTag = s.nullish(s.described("Always there.", s.string()));

/** What the versions before 8 answer, for one version's sources. */
export function answersOf<T>(source: Schema<T>) {
  const external = externalResponseFields(source, nullableTag);
  const underlay = underlayResponseFields(AdminScopedIpv6, nullableTag);
  const [externalName, externalText] = EXTERNAL_RESPONSE;
  const [underlayName, underlayText] = UNDERLAY_RESPONSE;
  const [groupName, groupText] = GROUP_RESPONSE;
  const group = s.named(
    groupName,
    s.oneOf([
      s.object({ kind: s.literal("underlay"), ...underlay }),
      s.object({ kind: s.literal("external"), ...external }),
    ]),
    groupText,
  );
  return {
    external: s.named(externalName, s.object(external), externalText),
    underlay: s.named(underlayName, s.object(underlay), underlayText),
    group,
    page: resultsPageOf(groupName, group),
  };
}

const answers = answersOf(IpSrc);
export const MulticastGroupExternalResponse = answers.external;
export type MulticastGroupExternalResponse = Infer<typeof MulticastGroupExternalResponse>;
export const MulticastGroupUnderlayResponse = answers.underlay;
export type MulticastGroupUnderlayResponse = Infer<typeof MulticastGroupUnderlayResponse>;
export const MulticastGroupResponse = answers.group;
export type MulticastGroupResponse = Infer<typeof MulticastGroupResponse>;
export const MulticastGroupResponsePage = answers.page;

export const MulticastGroupCreateExternalEntry = externalCreateOf(IpSrc);
export type MulticastGroupCreateExternalEntry = Infer<typeof MulticastGroupCreateExternalEntry>;
export const MulticastGroupUpdateExternalEntry = taggedExternalUpdateOf(IpSrc);
export type MulticastGroupUpdateExternalEntry = Infer<typeof MulticastGroupUpdateExternalEntry>;
export const MulticastGroupCreateUnderlayEntry = underlayCreateOf(AdminScopedIpv6);
export type MulticastGroupCreateUnderlayEntry = Infer<typeof MulticastGroupCreateUnderlayEntry>;
export const MulticastGroupUpdateUnderlayEntry = s.named(
  "MulticastGroupUpdateUnderlayEntry",
  s.object({ ...optionalTag, ...underlayUpdateFields }),
  "What an underlay group is to be: all its members.",
);
export type MulticastGroupUpdateUnderlayEntry = Infer<typeof MulticastGroupUpdateUnderlayEntry>;

/** Refuses outside ff04::/16, in the words of a body that cannot be parsed. */
export function checkAdminScoped(address: string): void {
  if (isAdminScoped(address)) return;
  throw HttpError.badRequest(`unable to parse JSON body: group_ip: ${address} is not in ff04::/16`);
}

export function isAdminScoped(address: string): boolean {
  return address.toLowerCase().startsWith("ff04:");
}
