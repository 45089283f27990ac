/**
 * Multicast between sleds: the underlay group of each group, and where its packets are sent. Upstream once gave version 33
 * to it and now gives 49; from 33 on the bodies of both are taken.
 */
import { s, type Infer } from "@racklet/api-kit/schema";
import { MulticastMembership } from "../v7/local-config.ts";
import { taggedBodies, type InstanceMulticastBody } from "../v7/multicast.ts";

/** No body fits two of these. */
export const EitherMulticastBody = s.named(
  "InstanceMulticastBody",
  s.oneOf([...taggedBodies, MulticastMembership]),
  "A membership, with or without saying whether the VMM is to join or to leave.",
);
export type EitherMulticastBody = Infer<typeof EitherMulticastBody>;

/** A tagged body is one of the forms of either, so there is nothing to convert. */
export const eitherUp = (body: InstanceMulticastBody): EitherMulticastBody => body;

export const Mcast2PhysMapping = s.named(
  "Mcast2PhysMapping",
  s.object({ group: s.ip(), underlay: s.ipv6() }),
  "A multicast group, and the group of the underlay network that carries it.",
);
export type Mcast2PhysMapping = Infer<typeof Mcast2PhysMapping>;

export const ClearMcast2Phys = s.named(
  "ClearMcast2Phys",
  s.object({ group: s.ip(), underlay: s.ipv6() }),
  "The mapping to remove: both must be those of the mapping.",
);

export const McastForwardingNextHop = s.named(
  "McastForwardingNextHop",
  s.object({
    filter: s.named(
      "McastSourceFilter",
      s.object({ mode: s.named("McastFilterMode", s.enum(["include", "exclude"])), sources: s.array(s.ip()) }),
      "Only these sources, or all but these.",
    ),
    next_hop: s.ipv6(),
    replication: s.named(
      "McastReplication",
      s.enum(["external", "underlay", "both"]),
      "To ports that leave the rack, to sleds, or to both.",
    ),
  }),
);
export type McastForwardingNextHop = Infer<typeof McastForwardingNextHop>;

export const McastForwardingEntry = s.named(
  "McastForwardingEntry",
  s.object({ next_hops: s.array(McastForwardingNextHop), underlay: s.ipv6() }),
  "All the next hops of an underlay group.",
);
export type McastForwardingEntry = Infer<typeof McastForwardingEntry>;

export const ClearMcastForwarding = s.named("ClearMcastForwarding", s.object({ underlay: s.ipv6() }));
