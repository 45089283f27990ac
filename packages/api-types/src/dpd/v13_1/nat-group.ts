/**
 * NAT groups: named, generation-numbered sets of NAT entries of both families that one client owns and states as a whole.
 */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { NatTarget } from "../v1/nat.ts";

export const NatGroupName = s.named(
  "NatGroupName",
  s.string({ pattern: "^[a-zA-Z0-9_.:-]+$", minLength: 1, maxLength: 80 }),
  "Name of a NAT group.",
);

export const NatGroupGeneration = s.named(
  "NatGroupGeneration",
  s.integer("int64", { minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  "The owner's number for a state of its set; it grows with every change.",
);

export const NatGroupEntry = s.named(
  "NatGroupEntry",
  s.object({ external: s.ip(), low: s.u16(), high: s.u16(), target: NatTarget }),
  "An address of either family and an inclusive range of ports, and their target.",
);
export type NatGroupEntry = Infer<typeof NatGroupEntry>;

export const NatGroupKey = s.named(
  "NatGroupKey",
  s.object({ external: s.ip(), low: s.u16(), high: s.u16() }),
  "What identifies an entry of a NAT group. Further fields are ignored, so a whole entry names itself.",
);
export type NatGroupKey = Infer<typeof NatGroupKey>;

export const NatGroupEnsure = s.named(
  "NatGroupEnsure",
  s.object({
    generation: NatGroupGeneration,
    entries: s.described("The whole set. What the group holds besides is removed.", s.array(NatGroupEntry)),
  }),
  "The set that a NAT group is to hold.",
);
export type NatGroupEnsure = Infer<typeof NatGroupEnsure>;

export const NatGroupChanges = s.named(
  "NatGroupChanges",
  s.object({
    from_generation: s.described("The generation that the changes start from.", NatGroupGeneration),
    generation: s.described("The generation that they lead to; above the former.", NatGroupGeneration),
    upsert: s.described("Entries to add, or to point at another target.", s.array(NatGroupEntry)),
    remove: s.described("Entries to remove. One that is not there is no error.", s.array(NatGroupKey)),
  }),
  "The difference between two generations of a NAT group.",
);
export type NatGroupChanges = Infer<typeof NatGroupChanges>;

export const NatGroupCounts = s.named(
  "NatGroupCounts",
  s.object({
    added: s.uint(),
    retargeted: s.described("Same address and ports, another target; replaced without a gap.", s.uint()),
    removed: s.uint(),
    adopted: s.described("Taken over from entries that no group owned.", s.uint()),
    unchanged: s.uint(),
  }),
  "How many entries of a NAT group a request concerned, by what was done with them.",
);

const listed = s.array(NatGroupEntry);

export const NatGroupEnsureResult = s.named(
  "NatGroupEnsureResult",
  s.object({
    group: NatGroupName,
    generation: NatGroupGeneration,
    outcome: s.described(
      "`applied` when anything was done or the generation rose, else `unchanged`.",
      s.enum(["applied", "unchanged"]),
    ),
    counts: NatGroupCounts,
    added: listed,
    retargeted: s.described("As they are now.", listed),
    removed: listed,
    adopted: listed,
  }),
  "What a request did to a NAT group. Entries are sorted: IPv4 first, then by address, then by port.",
);
export type NatGroupEnsureResult = Infer<typeof NatGroupEnsureResult>;

export const NatGroupState = s.named(
  "NatGroupState",
  s.object({
    group: NatGroupName,
    generation: s.described(
      "0 for a group whose first ensure failed and could not be undone.",
      s.integer("int64", { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    ),
    content_hash: s.described("Equal for equal sets of entries, whatever their order.", s.string()),
    ipv4_entries: s.uint(),
    ipv6_entries: s.uint(),
    drifted: s.described("The tables do not hold the whole set; the next ensure heals it.", s.boolean()),
    missing: s.described("Entries of the set that the tables do not hold.", s.uint()),
    last_ensured: s.dateTime(),
    last_changed: s.dateTime(),
  }),
  "A NAT group and whether the tables hold its set.",
);
export type NatGroupState = Infer<typeof NatGroupState>;

export const NatGroupStatePage = resultsPageOf("NatGroupState", NatGroupState);
export const NatGroupEntryPage = resultsPageOf("NatGroupEntry", NatGroupEntry);
