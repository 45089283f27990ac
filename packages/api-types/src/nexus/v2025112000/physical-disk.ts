/** Disks in sleds. Sleds have none here: only their list is served. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";

const kind = <const T extends string>(text: T) => s.object({ kind: s.literal(text) });

export const PhysicalDisk = s.named(
  "PhysicalDisk",
  s.object({
    form_factor: s.named("PhysicalDiskKind", s.enum(["m2", "u2"])),
    id: s.uuid(),
    model: s.string(),
    policy: s.named("PhysicalDiskPolicy", s.oneOf([kind("in_service"), kind("expunged")])),
    serial: s.string(),
    sled_id: s.nullish(s.uuid()),
    state: s.named("PhysicalDiskState", s.enum(["active", "decommissioned"])),
    time_created: s.dateTime(),
    time_modified: s.dateTime(),
    vendor: s.string(),
  }),
);
export const PhysicalDiskResultsPage = resultsPageOf("PhysicalDisk", PhysicalDisk);
