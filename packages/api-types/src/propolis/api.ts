/**
 * propolis' API: one server per VM, which creates it from one request, runs and stops it, and tells its state by generation.
 */
import { declare, defineApi } from "@racklet/api-kit";
import { InstanceEnsureResponse, ensureRequestOf, mapRequestSpec } from "./v1/ensure.ts";
import {
  InstanceGetResponse,
  InstanceMigrateStatusResponse,
  InstanceStateMonitorRequest,
  InstanceStateMonitorResponse,
  InstanceStateRequested,
} from "./v1/instance.ts";
import * as v1 from "./v1/spec.ts";
import { VersionedInstanceSpec, mapAnswerSpec, specGetResponseOf } from "./v1/spec-get.ts";
import * as v2 from "./v2/spec.ts";
import * as v3 from "./v3/spec.ts";
import * as v6 from "./v6/spec.ts";
import { V, propolisVersions } from "./versions.ts";

const NO_INSTANCE = "424 `NoInstance` before a VM was created.";

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
  },
});
