/** Sleds show the slot they are in. */
import { mapPage, resultsPageOf, s, type Infer, type ResultsPage } from "@racklet/api-kit";
import { sledFields, type Sled as OlderSled } from "../v2025112000/hardware.ts";

export const Sled = s.named(
  "Sled",
  s.object({
    ...sledFields,
    slot: s.nullish(s.described("where in the rack the sled was last seen; null when that is not known", s.u16())),
  }),
  "A sled as operators see it",
);
export type Sled = Infer<typeof Sled>;
export const SledResultsPage = resultsPageOf("Sled", Sled);

export function downSled({ slot: _, ...sled }: Sled): OlderSled {
  return sled;
}
export const downSledPage = (page: ResultsPage<Sled>): ResultsPage<OlderSled> => mapPage(page, downSled);
