/** Requests to the Crucible volumes behind a VM's disks, by the key of the backend component. */
import { s, type Infer } from "@racklet/api-kit/schema";

export const DiskActive = s.named("VolumeStatus", s.object({ active: s.boolean() }));
export type DiskActive = Infer<typeof DiskActive>;

export const InstanceVcrReplace = s.named(
  "InstanceVCRReplace",
  s.object({ vcr_json: s.described("A serialised volume construction request.", s.string()) }),
);

export const ReplaceResult = s.named(
  "ReplaceResult",
  s.enum(["started", "started_already", "completed_already", "missing", "vcr_matches"]),
);
export type ReplaceResult = Infer<typeof ReplaceResult>;
