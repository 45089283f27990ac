/** Whether dpd can program the switch, and how full its tables are. Upstream has no such view. */
import { s, type Infer } from "@racklet/api-kit";

export const AsicHealth = s.named(
  "AsicHealth",
  s.object({ backend: s.string(), present: s.boolean(), last_error: s.nullish(s.string()) }),
  "The ASIC behind dpd.",
);

export const NatPullHealth = s.named(
  "NatPullHealth",
  s.object({
    enabled: s.described("dpd fetches NAT entries from Nexus by itself.", s.boolean()),
    generation: s.i64(),
    last_success: s.nullish(s.dateTime()),
    last_error: s.nullish(s.string()),
    skipped: s.described("Entries that were not applied, since the start.", s.uint()),
  }),
  "The workflow that fetches NAT entries from Nexus.",
);

export const TableHealth = s.named(
  "TableHealth",
  s.object({
    name: s.string(),
    size: s.uint(),
    occupancy: s.uint(),
    failures: s.described("Operations on the table that were refused or failed, since the start.", s.uint()),
  }),
  "How full a table is.",
);

export const DpdHealth = s.named(
  "DpdHealth",
  s.object({
    state: s.enum(["starting", "ready", "asic_absent", "asic_failed"]),
    since: s.described("When the state was entered.", s.dateTime()),
    asic: AsicHealth,
    rpw: NatPullHealth,
    tables: s.described("Empty while there is no ASIC.", s.array(TableHealth)),
  }),
  "The health of dpd.",
);
export type DpdHealth = Infer<typeof DpdHealth>;
