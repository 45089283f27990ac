/** Version 9 adds snapshots: what the pipeline's stages held when a packet went through. */
import { s } from "@racklet/api-kit";

export const SnapshotDirection = s.named(
  "SnapshotDirection",
  s.enum(["Ingress", "Egress"]),
  "The half of the pipeline.",
);

export const SnapshotTrigger = s.named(
  "SnapshotTrigger",
  s.object({ field: s.string(), value: s.string(), mask: s.string() }),
  "A field whose value, under a mask, starts the snapshot. Value and mask are hexadecimal.",
);

export const SnapshotCreate = s.named(
  "SnapshotCreate",
  s.object({
    pipe: s.u32(),
    start_stage: s.u8(),
    end_stage: s.u8(),
    dir: SnapshotDirection,
    triggers: s.described("All of them must match.", s.array(SnapshotTrigger)),
    fields: s.described("What to read.", s.array(s.string())),
    timeout_secs: s.u64(),
  }),
  "What to capture and when.",
);

export const SnapshotFieldValue = s.named(
  "SnapshotFieldValue",
  s.object({ name: s.string(), value: s.nullish(s.string()) }),
  "A field of a stage; without a value where it was not valid.",
);

export const SnapshotTableResult = s.named(
  "SnapshotTableResult",
  s.object({
    name: s.string(),
    hit: s.boolean(),
    inhibited: s.boolean(),
    executed: s.boolean(),
    match_hit_address: s.u32(),
  }),
  "What a table did.",
);

export const SnapshotStageResult = s.named(
  "SnapshotStageResult",
  s.object({
    stage_id: s.u8(),
    local_stage_trigger: s.boolean(),
    prev_stage_trigger: s.boolean(),
    timer_trigger: s.boolean(),
    next_table: s.string(),
    ingress_dp_error: s.boolean(),
    egress_dp_error: s.boolean(),
    tables: s.array(SnapshotTableResult),
    fields: s.array(SnapshotFieldValue),
  }),
  "What a stage of the pipeline held.",
);

export const SnapshotResult = s.named(
  "SnapshotResult",
  s.object({ stages: s.array(SnapshotStageResult) }),
  "A snapshot.",
);

export const SnapshotScopeRequest = s.named(
  "SnapshotScopeRequest",
  s.object({
    pipe: s.u32(),
    stage: s.u8(),
    dir: SnapshotDirection,
    fields: s.array(s.string()),
    trigger: s.described("Ask for use as triggers instead of reading.", s.boolean()),
  }),
  "Fields of which to ask whether a stage has them.",
);

export const SnapshotFieldScope = s.named(
  "SnapshotFieldScope",
  s.object({ field: s.string(), in_scope: s.boolean() }),
  "Whether a stage has a field.",
);
export const SnapshotFieldScopes = s.array(SnapshotFieldScope);
