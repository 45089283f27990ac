/** What a sled knows of a VMM's state: sled-agent answers with it and reports it to Nexus. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { Generation } from "./network.ts";

export const VmmState = s.named(
  "VmmState",
  s.enum(["starting", "running", "stopping", "stopped", "rebooting", "migrating", "failed", "destroyed"]),
  "Where a VMM is in its life.",
);
export type VmmState = Infer<typeof VmmState>;

export const VmmRuntimeState = s.named(
  "VmmRuntimeState",
  s.object({
    gen: s.described("Grows with every change of the state.", Generation),
    state: VmmState,
    time_updated: s.dateTime(),
  }),
  "The dynamic runtime properties of one VMM.",
);
export type VmmRuntimeState = Infer<typeof VmmRuntimeState>;

export const MigrationState = s.named(
  "MigrationState",
  s.enum(["pending", "in_progress", "failed", "completed"]),
  "The state of one side of a migration.",
);
export type MigrationState = Infer<typeof MigrationState>;

export const MigrationRuntimeState = s.named(
  "MigrationRuntimeState",
  s.object({ gen: Generation, migration_id: s.uuid(), state: MigrationState, time_updated: s.dateTime() }),
  "What a sled knows of a migration it takes part in.",
);
export type MigrationRuntimeState = Infer<typeof MigrationRuntimeState>;

export const sledVmmStateFields = {
  migration_in: s.nullish(MigrationRuntimeState),
  migration_out: s.nullish(MigrationRuntimeState),
  vmm_state: VmmRuntimeState,
};

export const SledVmmState = s.named(
  "SledVmmState",
  s.object(sledVmmStateFields),
  "All that a sled knows of the state of a VMM.",
);
export type SledVmmState = Infer<typeof SledVmmState>;
