/** A group has no VLAN any more, and says whether some member receives from all sources. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v2025112000 from "../v2025112000/multicast.ts";

export const MulticastGroup = s.named(
  "MulticastGroup",
  s.object({
    ...v2025112000.multicastGroupFields,
    has_any_source_member: s.described("whether some member receives from all sources", s.boolean()),
  }),
  "A multicast group.",
);
export type MulticastGroup = Infer<typeof MulticastGroup>;
export const MulticastGroupResultsPage = resultsPageOf("MulticastGroup", MulticastGroup);

export function groupDown({ has_any_source_member: _any, ...older }: MulticastGroup): v2025112000.MulticastGroup {
  return { ...older, mvlan: null };
}
