/** Links: the lanes of a port that work together as one Ethernet interface. */
import { s, type Infer } from "@racklet/api-kit";
import { MacAddr } from "./nat.ts";
import { LinkId, PortFec, PortId, PortMedia, PortPrbsMode, PortSpeed, TxEq } from "./port.ts";

export const linkCreateFields = {
  lane: s.nullish(s.described("First lane of the link; absent: the lowest free one.", LinkId)),
  speed: PortSpeed,
  fec: s.nullish(s.described("Absent: what suits the medium.", PortFec)),
  autoneg: s.optional(s.described("Negotiate with the peer.", s.boolean()), false),
  kr: s.optional(s.described("Electrical mode of backplane cables.", s.boolean()), false),
  tx_eq: s.nullish(TxEq),
};

export const LinkCreate = s.named("LinkCreate", s.object(linkCreateFields), "How a link is to be.");
export type LinkCreate = Infer<typeof LinkCreate>;

export const Fault = s.named(
  "Fault",
  s.oneOf([
    s.described("It went up and down too often.", s.closed({ LinkFlap: s.string() })),
    s.described("Negotiation with the peer failed too often.", s.closed({ Autoneg: s.string() })),
    s.described("A client asked for it.", s.closed({ Injected: s.string() })),
  ]),
  "Why a link was taken out of service, with a text for people.",
);
export type Fault = Infer<typeof Fault>;

export const FaultCondition = s.named(
  "FaultCondition",
  s.object({ fault: s.nullish(Fault) }),
  "The fault of a link, if it has one.",
);
export const FaultText = s.string();

export const LinkState = s.named(
  "LinkState",
  s.oneOf([
    s.described("The ASIC refused its configuration.", s.closed({ config_error: s.string() })),
    s.literal("up"),
    s.literal("down"),
    s.described("Out of service.", s.closed({ faulted: Fault })),
    s.literal("unknown"),
  ]),
  "State of a link.",
);
export type LinkState = Infer<typeof LinkState>;

export const linkFields = {
  port_id: PortId,
  link_id: LinkId,
  tofino_connector: s.described("The connector of the ASIC behind the port.", s.u16()),
  asic_id: s.described("What the ASIC calls the link.", s.u16()),
  presence: s.described("A cable or module is in the port.", s.boolean()),
  kr: s.boolean(),
  autoneg: s.boolean(),
  fsm_state: s.described("State of bringing the link up.", s.string()),
  speed: PortSpeed,
  fec: s.nullish(PortFec),
  media: PortMedia,
  enabled: s.boolean(),
  prbs: PortPrbsMode,
  link_state: LinkState,
  address: s.described("Its MAC address.", MacAddr),
  ipv6_enabled: s.boolean(),
};

export const Link = s.named("Link", s.object(linkFields), "A link and how it is.");
export type Link = Infer<typeof Link>;
export const Links = s.array(Link);

export const LinkEvent = s.named(
  "LinkEvent",
  s.object({
    timestamp: s.described("Milliseconds since dpd started.", s.i64()),
    channel: s.nullish(s.described("Lane, for an event of one lane.", s.u8())),
    class: s.string(),
    subclass: s.string(),
    details: s.nullish(s.string()),
  }),
  "Something that happened to a link.",
);
export type LinkEvent = Infer<typeof LinkEvent>;

export const LinkHistory = s.named(
  "LinkHistory",
  s.object({
    timestamp: s.described("When this was collected, in milliseconds since dpd started.", s.i64()),
    events: s.array(LinkEvent),
  }),
  "The latest events of a link.",
);
export type LinkHistory = Infer<typeof LinkHistory>;

const linkPath = s.described("Port and link, `<port>/<link>`.", s.string());
const current = s.described("Since the link was last enabled.", s.u32());
const total = s.described("Since the link was created.", s.u32());

export const LinkUpCounter = s.named(
  "LinkUpCounter",
  s.object({ link_path: linkPath, current, total }),
  "How often a link came up.",
);
export const LinkUpCounters = s.array(LinkUpCounter);

export const LinkFsmCounter = s.named(
  "LinkFsmCounter",
  s.object({ state_name: s.string(), current, total }),
  "How often a link entered a state.",
);
export const LinkFsmCounters = s.named(
  "LinkFsmCounters",
  s.object({ link_path: linkPath, counters: s.array(LinkFsmCounter) }),
  "The states that a link has entered.",
);

export const TfportData = s.named(
  "TfportData",
  s.object({
    port_id: PortId,
    link_id: LinkId,
    asic_id: s.u16(),
    mac: MacAddr,
    ipv6_enabled: s.boolean(),
    link_local: s.nullish(s.described("Its IPv6 address in fe80::/10.", s.ipv6())),
  }),
  "What the host needs to know of a link to make an interface of it.",
);
export type TfportData = Infer<typeof TfportData>;
export const TfportDataList = s.array(TfportData);

export const Flag = s.boolean();
