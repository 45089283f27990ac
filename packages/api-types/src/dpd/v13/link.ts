/** Version 13 says of a front port's link whether it carries routing traffic between racks. */
import { s, type Infer } from "@racklet/api-kit";
import { linkCreateFields, type LinkCreate as V1LinkCreate } from "../v1/link.ts";
import { linkAddresses, type PortSettings as V1PortSettings } from "../v1/port-settings.ts";

export const LinkCreate = s.named(
  "LinkCreate",
  s.object({
    ...linkCreateFields,
    allow_ddm_traffic: s.optional(
      s.described("Route IPv6 on a front port, which is then no uplink. Rear ports always do.", s.boolean()),
      false,
    ),
  }),
  "How a link is to be.",
);
export type LinkCreate = Infer<typeof LinkCreate>;

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

// A client that does not know the field may have it left over in its JSON; it means nothing there.
export function upLinkCreate(older: V1LinkCreate): LinkCreate {
  return { ...older, allow_ddm_traffic: false };
}

export function upPortSettings({ links }: V1PortSettings): PortSettings {
  return { links: mapLinks(links, ({ params, addrs }) => ({ params: upLinkCreate(params), addrs })) };
}

export function downPortSettings({ links }: PortSettings): V1PortSettings {
  return {
    links: mapLinks(links, ({ params: { allow_ddm_traffic: _, ...params }, addrs }) => ({ params, addrs })),
  };
}

function mapLinks<A, B>(links: Record<string, A>, convert: (link: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(links).map(([id, link]) => [id, convert(link)]));
}
