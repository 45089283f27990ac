/**
 * Nexus' lockstep API, for tools of the same release: background tasks, sagas, live migration, multicast. Clients and server are
 * upgraded together, so it has one version and the version header is ignored.
 */
import { apiVersions, declare, defineApi, param, query, s } from "@racklet/api-kit";
import { Instance, SledPolicy } from "../nexus/latest.ts";
import { multicastOperations } from "./multicast.ts";
import {
  BackgroundTask,
  BackgroundTasksActivateRequest,
  InstanceMigrateRequest,
  Saga,
  SagaPage,
  SledSelector,
} from "./types.ts";

const versions = apiVersions([["0.0.1", "LOCKSTEP"]] as const);
const { V } = versions;

export const nexusLockstepApi = defineApi({
  ident: "nexus-lockstep",
  title: "Nexus lockstep API",
  description: "What operators see and start inside Nexus.",
  versions,
  onMissing: "unversioned",
  bodyLimit: 1024 * 1024,
  operations: {
    bgtask_list: declare({
      operationId: "bgtask_list",
      method: "GET",
      path: "/bgtasks",
      summary: "List background tasks",
      description: "By name.",
      revisions: [{ since: V.LOCKSTEP, response: s.map(BackgroundTask) }],
    }),
    bgtask_view: declare({
      operationId: "bgtask_view",
      method: "GET",
      path: "/bgtasks/view/{bgtask_name}",
      summary: "Show one background task",
      params: { bgtask_name: param.string() },
      revisions: [{ since: V.LOCKSTEP, response: BackgroundTask }],
    }),
    bgtask_activate: declare({
      operationId: "bgtask_activate",
      method: "POST",
      path: "/bgtasks/activate",
      summary: "Start background tasks now",
      description:
        "An idle task starts at once; a running one runs again as soon as it is done. All names are checked first: an unknown one is 404 and activates none.",
      idempotent: true,
      revisions: [{ since: V.LOCKSTEP, body: BackgroundTasksActivateRequest }],
    }),
    instance_migrate: declare({
      operationId: "instance_migrate",
      method: "POST",
      path: "/instances/{instance_id}/migrate",
      summary: "Migrate a running instance to another sled",
      description:
        "Answers when the migration is under way; the instance is then `migrating` until its sleds tell how it went. It runs on where it was when the migration fails.",
      params: { instance_id: param.uuid() },
      revisions: [{ since: V.LOCKSTEP, body: InstanceMigrateRequest, response: Instance, status: 200 }],
    }),
    ...multicastOperations(V.LOCKSTEP),
    sled_expunge: declare({
      operationId: "sled_expunge",
      method: "POST",
      path: "/sleds/expunge",
      summary: "Give up a sled for good",
      description:
        "Its VMs count as failed, and nothing is placed on it or asked of it again; it cannot be taken back. Answers what the policy was before; expunging once more changes nothing.",
      idempotent: true,
      revisions: [{ since: V.LOCKSTEP, body: SledSelector, response: SledPolicy, status: 200 }],
    }),
    saga_list: declare({
      operationId: "saga_list",
      method: "GET",
      path: "/sagas",
      summary: "List sagas",
      query: { sort_by: query.withDefault(param.enum(["id_ascending"], "IdSortMode"), "id_ascending") },
      paginated: true,
      revisions: [{ since: V.LOCKSTEP, response: SagaPage }],
    }),
    saga_view: declare({
      operationId: "saga_view",
      method: "GET",
      path: "/sagas/{saga_id}",
      summary: "Fetch a saga",
      params: { saga_id: param.uuid() },
      revisions: [{ since: V.LOCKSTEP, response: Saga }],
    }),
  },
});
