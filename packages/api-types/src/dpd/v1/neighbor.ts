/** Neighbours: the MAC address behind a next hop. ARP and NDP share one form. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { MacAddr } from "./nat.ts";

export const ArpEntry = s.named(
  "ArpEntry",
  s.object({
    tag: s.described("Who set it.", s.string()),
    ip: s.ip(),
    mac: MacAddr,
    update: s.described("When it was last set. Required on input and not regarded.", s.string()),
  }),
  "A next hop and its MAC address.",
);
export type ArpEntry = Infer<typeof ArpEntry>;
export const ArpEntryPage = resultsPageOf("ArpEntry", ArpEntry);
