/** Version 11 dates a link's history by the wall clock too. */
import { s, type Infer } from "@racklet/api-kit";
import { LinkEvent, type LinkHistory as V1LinkHistory } from "../v1/link.ts";

export const LinkHistory = s.named(
  "LinkHistory",
  s.object({
    timestamp: s.described("When this was collected, in milliseconds since the epoch.", s.i64()),
    relative: s.described("The same in milliseconds since dpd started.", s.i64()),
    events: s.array(LinkEvent),
  }),
  "The latest events of a link.",
);
export type LinkHistory = Infer<typeof LinkHistory>;

export function downLinkHistory({ relative, events }: LinkHistory): V1LinkHistory {
  return { timestamp: relative, events };
}
