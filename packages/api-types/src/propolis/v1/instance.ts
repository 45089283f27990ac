/** Properties, states and migrations of the one VM a propolis serves. */
import { s, type Infer } from "@racklet/api-kit/schema";

export const InstanceProperties = s.named(
  "InstanceProperties",
  s.object({
    description: s.string(),
    id: s.uuid(),
    metadata: s.named(
      "InstanceMetadata",
      s.object({
        project_id: s.uuid(),
        silo_id: s.uuid(),
        sled_id: s.uuid(),
        sled_model: s.string(),
        sled_revision: s.u32(),
        sled_serial: s.string(),
      }),
    ),
    name: s.string(),
  }),
);
export type InstanceProperties = Infer<typeof InstanceProperties>;

export const InstanceState = s.named(
  "InstanceState",
  s.enum([
    "Creating",
    "Starting",
    "Running",
    "Stopping",
    "Stopped",
    "Rebooting",
    "Migrating",
    "Repairing",
    "Failed",
    "Destroyed",
  ]),
);
export type InstanceState = Infer<typeof InstanceState>;

export const InstanceStateRequested = s.named("InstanceStateRequested", s.enum(["Run", "Stop", "Reboot"]));
export type InstanceStateRequested = Infer<typeof InstanceStateRequested>;

export const MigrationState = s.named(
  "MigrationState",
  s.enum(["Sync", "RamPush", "Pause", "RamPushDirty", "Device", "Resume", "RamPull", "Server", "Finish", "Error"]),
);
export type MigrationState = Infer<typeof MigrationState>;

export const InstanceMigrationStatus = s.named(
  "InstanceMigrationStatus",
  s.object({ id: s.uuid(), state: MigrationState }),
);
export type InstanceMigrationStatus = Infer<typeof InstanceMigrationStatus>;

export const InstanceMigrateStatusResponse = s.named(
  "InstanceMigrateStatusResponse",
  s.object({ migration_in: s.nullish(InstanceMigrationStatus), migration_out: s.nullish(InstanceMigrationStatus) }),
);
export type InstanceMigrateStatusResponse = Infer<typeof InstanceMigrateStatusResponse>;

export const InstanceGetResponse = s.named(
  "InstanceGetResponse",
  s.object({
    instance: s.named("Instance", s.object({ properties: InstanceProperties, state: InstanceState })),
  }),
);
export type InstanceGetResponse = Infer<typeof InstanceGetResponse>;

export const InstanceStateMonitorRequest = s.named(
  "InstanceStateMonitorRequest",
  s.object({ gen: s.described("Answered once the state's generation is at least this.", s.u64()) }),
);

export const InstanceStateMonitorResponse = s.named(
  "InstanceStateMonitorResponse",
  s.object({ gen: s.u64(), migration: InstanceMigrateStatusResponse, state: InstanceState }),
);
export type InstanceStateMonitorResponse = Infer<typeof InstanceStateMonitorResponse>;
