/** The newest types of propolis' API: what its server, and the sled-agent that drives it, work with. */
export { Board } from "./v1/board.ts";
export {
  InstanceEnsureResponse,
  ReplacementComponent,
  ensureRequestOf,
  mapRequestSpec,
  type EnsureRequestOf,
} from "./v1/ensure.ts";
export {
  InstanceGetResponse,
  InstanceMigrateStatusResponse,
  InstanceMigrationStatus,
  InstanceProperties,
  InstanceState,
  InstanceStateMonitorRequest,
  InstanceStateMonitorResponse,
  InstanceStateRequested,
  MigrationState,
} from "./v1/instance.ts";
export { ReplaceResult } from "./v1/disk.ts";
export { InstanceSerialConsoleHistoryResponse } from "./v1/serial.ts";
export { SmbiosType1Input } from "./v2/spec.ts";
export { VolumeInfo, VolumeStatus } from "./v5/disk.ts";
export { Component, InstanceSpec } from "./v6/spec.ts";
