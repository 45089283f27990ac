/** Operations of multicast: membership of VMMs, and the sled's part in carrying groups over the underlay network. */
import { HttpError, declare, param, s } from "@racklet/api-kit";
import {
  ClearMcast2Phys,
  ClearMcastForwarding,
  EitherMulticastBody,
  Mcast2PhysMapping,
  McastForwardingEntry,
  eitherUp,
} from "./v33/multicast.ts";
import { MulticastMembership } from "./v7/local-config.ts";
import { InstanceMulticastBody } from "./v7/multicast.ts";
import { BUSY } from "./words.ts";
import { V } from "./versions.ts";

const membership = {
  path: "/vmms/{propolis_id}/multicast-group",
  params: { propolis_id: param.uuid() },
} as const;

function joinUp(body: EitherMulticastBody): MulticastMembership {
  checkOneForm(body);
  if ("leave" in body) throw HttpError.badRequest("Join endpoint cannot process Leave operations");
  return "join" in body ? body.join : body;
}

function leaveUp(body: EitherMulticastBody): MulticastMembership {
  checkOneForm(body);
  if ("join" in body) throw HttpError.badRequest("Leave endpoint cannot process Join operations");
  return "leave" in body ? body.leave : body;
}

// Fields that a form does not know are ignored, so a body of two forms would pass as either.
function checkOneForm(body: EitherMulticastBody): void {
  const forms = ["join", "leave", "group_ip"].filter((field) => Object.hasOwn(body, field));
  if (forms.length === 1) return;
  throw HttpError.badRequest(`unable to parse JSON body: ${forms.join(" and ")} cannot stand together`);
}

const revisions = (up: (body: EitherMulticastBody) => MulticastMembership) =>
  [
    { since: V.MCAST_M2P_FORWARDING, body: MulticastMembership },
    { since: V.BOOTSTORE_SERVICE_NAT, body: EitherMulticastBody, up },
    { since: V.MULTICAST_SUPPORT, body: InstanceMulticastBody, up: eitherUp },
  ] as const;

export const multicastOperations = {
  vmm_join_multicast_group: declare({
    ...membership,
    operationId: "vmm_join_multicast_group",
    method: "PUT",
    summary: "Make a VMM a member of a multicast group",
    description: `Replaces the sources of a group that it is a member of; before it has started, it starts as a member. ${BUSY}`,
    revisions: revisions(joinUp),
  }),
  vmm_leave_multicast_group: declare({
    ...membership,
    operationId: "vmm_leave_multicast_group",
    method: "DELETE",
    summary: "End a VMM's membership of a multicast group",
    description: `By the group's address, whatever the sources; changes nothing when it is no member. ${BUSY}`,
    revisions: revisions(leaveUp),
  }),
  set_mcast_m2p: declare({
    operationId: "set_mcast_m2p",
    method: "PUT",
    path: "/networking/mcast-m2p",
    summary: "Map a multicast group to a group of the underlay network",
    description: "Changes nothing when it is mapped so. 409 when it is mapped to another: clear that mapping first.",
    revisions: [{ since: V.BOOTSTORE_SERVICE_NAT, body: Mcast2PhysMapping }],
  }),
  clear_mcast_m2p: declare({
    operationId: "clear_mcast_m2p",
    method: "DELETE",
    path: "/networking/mcast-m2p",
    summary: "Remove the mapping of a multicast group",
    description: "Changes nothing when the group is mapped to another underlay group, or to none.",
    revisions: [{ since: V.BOOTSTORE_SERVICE_NAT, body: ClearMcast2Phys }],
  }),
  list_mcast_m2p: declare({
    operationId: "list_mcast_m2p",
    method: "GET",
    path: "/networking/mcast-m2p",
    summary: "List the mappings of multicast groups",
    description: "By group, IPv4 first.",
    revisions: [{ since: V.BOOTSTORE_SERVICE_NAT, response: s.array(Mcast2PhysMapping) }],
  }),
  set_mcast_fwd: declare({
    operationId: "set_mcast_fwd",
    method: "PUT",
    path: "/networking/mcast-fwd",
    summary: "State where packets of an underlay group are sent",
    description: "The next hops replace those there are. Their order and that of their sources mean nothing.",
    revisions: [{ since: V.BOOTSTORE_SERVICE_NAT, body: McastForwardingEntry }],
  }),
  clear_mcast_fwd: declare({
    operationId: "clear_mcast_fwd",
    method: "DELETE",
    path: "/networking/mcast-fwd",
    summary: "Send packets of an underlay group nowhere",
    description: "Changes nothing when there is no entry for it.",
    revisions: [{ since: V.BOOTSTORE_SERVICE_NAT, body: ClearMcastForwarding }],
  }),
  list_mcast_fwd: declare({
    operationId: "list_mcast_fwd",
    method: "GET",
    path: "/networking/mcast-fwd",
    summary: "List where packets of underlay groups are sent",
    description: "By underlay group, next hops by address, sources by address.",
    revisions: [{ since: V.BOOTSTORE_SERVICE_NAT, response: s.array(McastForwardingEntry) }],
  }),
};
