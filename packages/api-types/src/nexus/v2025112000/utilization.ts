/** What silos have and use of CPUs, memory and storage. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { ByteCount } from "../../common/network.ts";
import { Name } from "../common.ts";

export const VirtualResourceCounts = s.named(
  "VirtualResourceCounts",
  s.object({ cpus: s.i64(), memory: ByteCount, storage: ByteCount }),
);
export type VirtualResourceCounts = Infer<typeof VirtualResourceCounts>;

export const Utilization = s.named(
  "Utilization",
  s.object({
    capacity: s.described("the silo's quotas", VirtualResourceCounts),
    provisioned: s.described("taken by instances that run, and by disks", VirtualResourceCounts),
  }),
);
export type Utilization = Infer<typeof Utilization>;

export const SiloUtilization = s.named(
  "SiloUtilization",
  s.object({
    allocated: s.described("the silo's quotas", VirtualResourceCounts),
    provisioned: s.described("taken by instances that run, and by disks", VirtualResourceCounts),
    silo_id: s.uuid(),
    silo_name: Name,
  }),
);
export type SiloUtilization = Infer<typeof SiloUtilization>;
export const SiloUtilizationResultsPage = resultsPageOf("SiloUtilization", SiloUtilization);
