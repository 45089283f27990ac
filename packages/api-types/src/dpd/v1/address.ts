/** Addresses of links and loopbacks. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";

const tag = s.described("Who set it.", s.string());

export const Ipv4Entry = s.named("Ipv4Entry", s.object({ tag, addr: s.ipv4() }), "An IPv4 address and who set it.");
export type Ipv4Entry = Infer<typeof Ipv4Entry>;

export const Ipv6Entry = s.named("Ipv6Entry", s.object({ tag, addr: s.ipv6() }), "An IPv6 address and who set it.");
export type Ipv6Entry = Infer<typeof Ipv6Entry>;

export const Ipv4EntryPage = resultsPageOf("Ipv4Entry", Ipv4Entry);
export const Ipv6EntryPage = resultsPageOf("Ipv6Entry", Ipv6Entry);
export const Ipv4Entries = s.array(Ipv4Entry);
export const Ipv6Entries = s.array(Ipv6Entry);
