/** Multicast groups between the wire and the domain. */
import { HttpError, type Infer } from "@racklet/api-kit";
import type {
  ExternalForwarding,
  InternalForwarding,
  IpSrc,
  MulticastGroupExternalResponse,
  MulticastGroupMember,
  MulticastGroupResponse,
  MulticastGroupUnderlayResponse,
} from "@racklet/api-types/dpd/latest";
import { canonicalIp, isUnderlayMulticast, macFromBytes, macToBytes } from "@racklet/net";
import { invalid } from "../errors.ts";
import type { ExternalGroup, Group, McastTarget, Member, UnderlayGroup } from "../mcast/group.ts";
import type { MemberInput } from "../mcast/members.ts";
import type { SourceInput } from "../mcast/sources.ts";
import type { ExternalRequest } from "../mcast/validate.ts";

interface ExternalBody {
  internal_forwarding: Infer<typeof InternalForwarding>;
  external_forwarding: Infer<typeof ExternalForwarding>;
  sources?: IpSrc[] | null | undefined;
}

export function externalFromWire({ internal_forwarding, external_forwarding, sources }: ExternalBody): ExternalRequest {
  const target = internal_forwarding.nat_target;
  return {
    target: target == null ? null : targetFromWire(target),
    vlan: external_forwarding.vlan_id ?? null,
    sources: sources == null ? null : sources.map(sourceFromWire),
  };
}

export function memberFromWire({ port_id, link_id, direction }: MulticastGroupMember): MemberInput {
  return { portId: port_id, linkId: link_id, direction: direction === "Underlay" ? "underlay" : "external" };
}

/** Canonical text of an address in a body, which has been checked to be one. */
export function addressFromWire(text: string): string {
  return canonicalIp(text) ?? text;
}

/** The address of an underlay group in a body. Throws 400 outside ff04::/64. */
export function underlayFromWire(text: string): string {
  if (isUnderlayMulticast(text)) return addressFromWire(text);
  throw HttpError.badRequest(`unable to parse JSON body: group_ip: ${text} is not in ff04::/64`);
}

/** The address of an underlay group in a path, where older versions take all of ff04::/16. Throws `invalid`. */
export function checkUnderlay(ip: string): string {
  if (isUnderlayMulticast(ip)) return ip;
  throw invalid(`invalid group_ip: ${ip} is not in ff04::/64`);
}

export function underlayToWire({ ip, ids, tag, members }: UnderlayGroup): MulticastGroupUnderlayResponse {
  return {
    group_ip: ip,
    external_group_id: ids.external,
    underlay_group_id: ids.underlay,
    tag,
    members: members.map(memberToWire),
  };
}

export function externalToWire({ ip, ids, tag, target, vlan, sources }: ExternalGroup): MulticastGroupExternalResponse {
  return {
    group_ip: ip,
    external_group_id: ids.external,
    tag,
    internal_forwarding: {
      nat_target: { internal_ip: target.internalIp, inner_mac: macToBytes(target.innerMac), vni: target.vni },
    },
    external_forwarding: { vlan_id: vlan },
    sources: sources === null ? null : sources.map((address) => ({ Exact: address })),
  };
}

export function groupToWire(group: Group): MulticastGroupResponse {
  return group.kind === "underlay"
    ? { kind: "underlay", ...underlayToWire(group) }
    : { kind: "external", ...externalToWire(group) };
}

type WireTarget = NonNullable<Infer<typeof InternalForwarding>["nat_target"]>;

function targetFromWire({ internal_ip, inner_mac, vni }: WireTarget): McastTarget {
  const innerMac = macFromBytes(inner_mac);
  if (innerMac === null) throw invalid("nat_target.inner_mac: six octets 0..255 expected");
  return { internalIp: addressFromWire(internal_ip), innerMac, vni };
}

function sourceFromWire(source: IpSrc): SourceInput {
  return source === "Any" ? "any" : { address: addressFromWire(source.Exact) };
}

function memberToWire({ portId, linkId, direction }: Member): MulticastGroupMember {
  return { port_id: portId, link_id: linkId, direction: direction === "underlay" ? "Underlay" : "External" };
}
