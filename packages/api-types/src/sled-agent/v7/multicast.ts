/** Joining and leaving a multicast group as it first was: the body says again which of the two it is. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { MulticastMembership } from "./local-config.ts";

export const taggedBodies = [
  s.object({ join: MulticastMembership }),
  s.object({ leave: MulticastMembership }),
] as const;

export const InstanceMulticastBody = s.named(
  "InstanceMulticastBody",
  s.oneOf(taggedBodies),
  "A membership, and whether the VMM is to join or to leave.",
);
export type InstanceMulticastBody = Infer<typeof InstanceMulticastBody>;
