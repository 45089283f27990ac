/** The software of the system, as far as pages about it need an answer: nothing is updated here. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";

const TargetRelease = s.named("TargetRelease", s.object({ time_requested: s.dateTime(), version: s.string() }));

export const UpdateStatus = s.named(
  "UpdateStatus",
  s.object({
    components_by_release_version: s.described("how many components run each release", s.map(s.uint())),
    contact_support: s.boolean(),
    suspended: s.boolean(),
    target_release: s.nullable(TargetRelease),
    time_last_step_planned: s.dateTime(),
  }),
);

export const TufRepo = s.named(
  "TufRepo",
  s.object({ file_name: s.string(), hash: s.string(), system_version: s.string(), time_created: s.dateTime() }),
);
export const TufRepoResultsPage = resultsPageOf("TufRepo", TufRepo);
