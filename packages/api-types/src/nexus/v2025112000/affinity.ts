/** Affinity and anti-affinity groups. There are none here yet: only their lists are served. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";
import { identity, Name } from "../common.ts";
import { InstanceState } from "./instance.ts";

const group = {
  ...identity,
  failure_domain: s.named("FailureDomain", s.enum(["sled"])),
  policy: s.named("AffinityPolicy", s.enum(["allow", "fail"]), "What happens when the group cannot be honoured."),
  project_id: s.uuid(),
} as const;
const member = s.oneOf([
  s.object({
    type: s.literal("instance"),
    value: s.object({ id: s.uuid(), name: Name, run_state: InstanceState }),
  }),
]);

export const AffinityGroup = s.named("AffinityGroup", s.object(group), "Instances to be kept together.");
export const AffinityGroupResultsPage = resultsPageOf("AffinityGroup", AffinityGroup);
export const AffinityGroupMemberResultsPage = resultsPageOf(
  "AffinityGroupMember",
  s.named("AffinityGroupMember", member),
);
export const AntiAffinityGroup = s.named("AntiAffinityGroup", s.object(group), "Instances to be kept apart.");
export const AntiAffinityGroupResultsPage = resultsPageOf("AntiAffinityGroup", AntiAffinityGroup);
export const AntiAffinityGroupMemberResultsPage = resultsPageOf(
  "AntiAffinityGroupMember",
  s.named("AntiAffinityGroupMember", member),
);
