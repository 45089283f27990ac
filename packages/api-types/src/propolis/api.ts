/**
 * propolis' API: one server per VM, which creates it from one request, runs and stops it, and tells its state by generation.
 */
import { declare, defineApi, param, query } from "@racklet/api-kit";
import { s } from "@racklet/api-kit/schema";
import { SpecKey } from "./v1/components.ts";
import { DiskActive, InstanceVcrReplace, ReplaceResult } from "./v1/disk.ts";
import { InstanceEnsureResponse, ensureRequestOf, mapRequestSpec } from "./v1/ensure.ts";
import {
  InstanceGetResponse,
  InstanceMigrateStatusResponse,
  InstanceStateMonitorRequest,
  InstanceStateMonitorResponse,
  InstanceStateRequested,
} from "./v1/instance.ts";
import { InstanceSerialConsoleHistoryResponse } from "./v1/serial.ts";
import * as v1 from "./v1/spec.ts";
import { VersionedInstanceSpec, mapAnswerSpec, specGetResponseOf } from "./v1/spec-get.ts";
import * as v2 from "./v2/spec.ts";
import * as v3 from "./v3/spec.ts";
import { VolumeStatus, volumeStatusDownToV4 } from "./v5/disk.ts";
import * as v6 from "./v6/spec.ts";
import { V, propolisVersions } from "./versions.ts";

const NO_INSTANCE = "424 `NoInstance` before a VM was created.";

const NO_ACTIVE_INSTANCE = "424 `NoInstance` before a VM was created and after it has ended.";
const NO_DISK = "404 when there is no such Crucible backend; 400 when the volume refuses.";

const diskParams = { id: param.string(SpecKey) };
const serialOffset = {
  from_start: query.optional(param.u64()),
  most_recent: query.optional(param.u64()),
};

export const propolisApi = defineApi({
  ident: "propolis",
  title: "Oxide Propolis Server API",
  description: "API for interacting with one virtual machine.",
  versions: propolisVersions,
  onMissing: "refuse",
  bodyLimit: 1024 * 1024,
  operations: {
    instance_ensure: declare({
      operationId: "instance_ensure",
      method: "PUT",
      path: "/instance",
      summary: "Create the VM",
      description:
        "Answers when the VM's objects exist. 409 `AlreadyInitialized` when there is a VM, even an identical one; 400 for a specification that does not hold together.",
      idempotent: false,
      revisions: [
        {
          since: V.NVME_WRITE_CACHE,
          status: 201,
          body: ensureRequestOf(v6.InstanceSpec),
          response: InstanceEnsureResponse,
        },
        {
          since: V.ADD_VSOCK,
          status: 201,
          body: ensureRequestOf(v3.InstanceSpec),
          response: InstanceEnsureResponse,
          up: mapRequestSpec(v6.specUpFromV3),
        },
        {
          since: V.PROGRAMMABLE_SMBIOS,
          status: 201,
          body: ensureRequestOf(v2.InstanceSpec),
          response: InstanceEnsureResponse,
          up: mapRequestSpec(v3.specUpFromV2),
        },
        {
          since: V.INITIAL,
          status: 201,
          body: ensureRequestOf(v1.InstanceSpec),
          response: InstanceEnsureResponse,
          up: mapRequestSpec(v2.specUpFromV1),
        },
      ],
    }),
    instance_get: declare({
      operationId: "instance_get",
      method: "GET",
      path: "/instance",
      summary: "Get the VM's properties and state",
      description: NO_INSTANCE,
      revisions: [{ since: V.INITIAL, response: InstanceGetResponse }],
    }),
    instance_spec_get: declare({
      operationId: "instance_spec_get",
      method: "GET",
      path: "/instance/spec",
      summary: "Get the VM's specification",
      description: `${NO_INSTANCE} 400 when the specification has something the asked version cannot say.`,
      revisions: [
        { since: V.NVME_WRITE_CACHE, response: specGetResponseOf(v6.InstanceSpec) },
        {
          since: V.ADD_VSOCK,
          response: specGetResponseOf(v3.InstanceSpec),
          down: mapAnswerSpec(v6.specDownToV3),
        },
        {
          since: V.PROGRAMMABLE_SMBIOS,
          response: specGetResponseOf(v2.InstanceSpec),
          down: mapAnswerSpec(v3.specDownToV2),
        },
        {
          since: V.INITIAL,
          response: specGetResponseOf(VersionedInstanceSpec),
          down: mapAnswerSpec((spec: v2.InstanceSpec) => ({ version: "V0" as const, spec: v2.specDownToV1(spec) })),
        },
      ],
    }),
    instance_state_put: declare({
      operationId: "instance_state_put",
      method: "PUT",
      path: "/instance/state",
      summary: "Run, stop or reboot the VM",
      description: `Answers when the request is queued, or ignored because it asks for what is so. 403 when the state does not allow it. ${NO_INSTANCE}`,
      revisions: [{ since: V.INITIAL, body: InstanceStateRequested }],
    }),
    instance_state_monitor: declare({
      operationId: "instance_state_monitor",
      method: "GET",
      path: "/instance/state-monitor",
      summary: "Wait for the VM's state to reach a generation",
      description:
        "A GET with a body. Answers with the newest state as soon as its generation is at least the asked one; 410 `NoInstance` when that can never be.",
      revisions: [{ since: V.INITIAL, body: InstanceStateMonitorRequest, response: InstanceStateMonitorResponse }],
    }),
    instance_migrate_status: declare({
      operationId: "instance_migrate_status",
      method: "GET",
      path: "/instance/migration-status",
      summary: "Get the state of the migrations into and out of the VM",
      description: NO_INSTANCE,
      revisions: [{ since: V.INITIAL, response: InstanceMigrateStatusResponse }],
    }),
    instance_migrate_start: declare({
      operationId: "instance_migrate_start",
      method: "GET",
      path: "/instance/migrate/{migration_id}/start",
      summary: "Migrate the VM to the caller",
      description: `A WebSocket between two propolis servers: only the target of the migration calls this, on its source. 403 when the VM is already being migrated or cannot be. ${NO_ACTIVE_INSTANCE}`,
      params: { migration_id: param.uuid() },
      freeform: true,
      idempotent: false,
      revisions: [{ since: V.INITIAL }],
    }),
    instance_serial: declare({
      operationId: "instance_serial",
      method: "GET",
      path: "/instance/serial",
      summary: "Connect to the VM's serial console",
      description: `A WebSocket: binary frames are data, both ways; a text frame says that the VM migrates and where to connect to next. What was written since the asked offset comes first; without an offset, only what is written from now on. ${NO_ACTIVE_INSTANCE}`,
      query: serialOffset,
      freeform: true,
      idempotent: false,
      revisions: [{ since: V.INITIAL }],
    }),
    instance_serial_history_get: declare({
      operationId: "instance_serial_history_get",
      method: "GET",
      path: "/instance/serial/history",
      summary: "Get what the VM's serial console has written",
      description: `Exactly one of \`from_start\` and \`most_recent\` is given. The first and the newest MiB are kept; 400 for what lay between them. ${NO_ACTIVE_INSTANCE}`,
      query: { ...serialOffset, max_bytes: query.optional(param.u64()) },
      revisions: [{ since: V.INITIAL, response: InstanceSerialConsoleHistoryResponse }],
    }),
    instance_issue_crucible_snapshot_request: declare({
      operationId: "instance_issue_crucible_snapshot_request",
      method: "POST",
      path: "/instance/disk/{id}/snapshot/{snapshot_id}",
      summary: "Take a snapshot of a Crucible volume",
      description: `${NO_DISK} ${NO_ACTIVE_INSTANCE}`,
      params: { ...diskParams, snapshot_id: param.uuid() },
      revisions: [{ since: V.INITIAL, status: 200, response: s.null() }],
    }),
    disk_volume_status: declare({
      operationId: "disk_volume_status",
      method: "GET",
      path: "/instance/disk/{id}/status",
      summary: "Get the state of a Crucible volume",
      description: `${NO_DISK} ${NO_ACTIVE_INSTANCE}`,
      params: diskParams,
      revisions: [
        { since: V.CRUCIBLE_VOLUME_INFO, response: VolumeStatus },
        { since: V.INITIAL, response: DiskActive, down: volumeStatusDownToV4 },
      ],
    }),
    instance_issue_crucible_vcr_request: declare({
      operationId: "instance_issue_crucible_vcr_request",
      method: "PUT",
      path: "/instance/disk/{id}/vcr",
      summary: "Replace the construction request of a Crucible volume",
      description: `The replacement is the same volume with one region set exchanged and newer generations. ${NO_DISK} 403 when the VM has ended; 410 when it ends before the request's turn. ${NO_ACTIVE_INSTANCE}`,
      params: diskParams,
      revisions: [{ since: V.INITIAL, body: InstanceVcrReplace, response: ReplaceResult }],
    }),
    instance_issue_nmi: declare({
      operationId: "instance_issue_nmi",
      method: "POST",
      path: "/instance/nmi",
      summary: "Send the VM a non-maskable interrupt",
      description: NO_ACTIVE_INSTANCE,
      revisions: [{ since: V.INITIAL, status: 200, response: s.null() }],
    }),
  },
});
