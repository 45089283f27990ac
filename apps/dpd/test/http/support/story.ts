/**
 * One story through every operation of dpd, in order, on one switch that begins empty: what the goldens record, and what
 * shows that each documented status is answered. A step may be for some versions only: `[from, until)`, by major number.
 */
import { addresses, neighbours } from "./story/addresses.ts";
import { info } from "./story/info.ts";
import { links } from "./story/links.ts";
import { multicast } from "./story/multicast.ts";
import { nat, natGroups, natPull } from "./story/nat.ts";
import { counters, modules, resets, tables } from "./story/rest.ts";
import { allRoutes } from "./story/routes.ts";
import { portSettings, subnets } from "./story/settings.ts";
import { END, type Step } from "./story/step.ts";

export type { Step } from "./story/step.ts";

export const STORY: readonly Step[] = [
  ...info,
  ...links,
  ...addresses,
  ...neighbours,
  ...allRoutes,
  ...subnets,
  ...portSettings,
  ...nat,
  ...natGroups,
  ...natPull,
  ...multicast,
  ...counters,
  ...modules,
  ...tables,
  ...resets,
];

/** The steps of a version, `13.1.0` or older. */
export function storyOf(version: string): readonly Step[] {
  const [major, minor] = version.split(".").map(Number);
  const number = (major ?? 0) + (minor ?? 0) / 10;
  return STORY.filter(({ from = 1, until = END }) => from <= number && number < until);
}
