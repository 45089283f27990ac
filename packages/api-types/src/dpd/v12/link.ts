/** Version 12 drops three bit sequences that no ASIC has, and adds the errors counted while one runs. */
import { HttpError, s, type Infer } from "@racklet/api-kit";
import { linkFields, type Link as V1Link } from "../v1/link.ts";
import type { PortPrbsMode as V1PortPrbsMode } from "../v1/port.ts";

const MODES = ["Mode31", "Mode15", "Mode13", "Mode9", "Mission"] as const;

export const PortPrbsMode = s.named(
  "PortPrbsMode",
  s.enum(MODES),
  "Pseudo-random bit sequence that a link sends; `Mission` is normal traffic.",
);
export type PortPrbsMode = Infer<typeof PortPrbsMode>;

export function upPrbsMode(mode: V1PortPrbsMode): PortPrbsMode {
  const kept = MODES.find((candidate) => candidate === mode);
  if (kept === undefined) throw HttpError.badRequest(`${mode} is not a supported PRBS mode`);
  return kept;
}

/** Every mode of this version is one of the older ones. */
export function downPrbsMode(mode: PortPrbsMode): V1PortPrbsMode {
  return mode;
}

export const Link = s.named("Link", s.object({ ...linkFields, prbs: PortPrbsMode }), "A link and how it is.");
export type Link = Infer<typeof Link>;
export const Links = s.array(Link);

export function downLink(link: Link): V1Link {
  return link;
}

export function downLinks(links: Link[]): V1Link[] {
  return links;
}

export const MsDuration = s.named("MsDuration", s.object({ ms: s.u32() }), "A duration in milliseconds.");
export const PrbsErrors = s.array(s.u32());
