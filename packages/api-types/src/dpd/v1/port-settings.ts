/** The whole configuration of a port: its links with their addresses. */
import { s, type Infer } from "@racklet/api-kit";
import { LinkCreate } from "./link.ts";

export const linkAddresses = s.described(
  "IPv4 and IPv6 addresses of the link.",
  s.array(s.ip(), { uniqueItems: true }),
);

export const LinkSettings = s.named(
  "LinkSettings",
  s.object({ params: LinkCreate, addrs: linkAddresses }),
  "A link of a port and its addresses.",
);

export const PortSettings = s.named(
  "PortSettings",
  s.object({
    links: s.described("By the number of the link. A link that is not named is removed.", s.map(LinkSettings)),
  }),
  "The links that a port is to have.",
);
export type PortSettings = Infer<typeof PortSettings>;
