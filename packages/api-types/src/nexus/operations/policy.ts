/** Role assignments on the fleet, on silos and on projects. A policy is read and replaced as a whole. */
import { declare } from "@racklet/api-kit";
import { nameOrId } from "../common.ts";
import { FleetRolePolicy, ProjectRolePolicy, SiloRolePolicy } from "../latest.ts";
import { V } from "../versions.ts";

const REPLACES = "Replaces all assignments on the resource; at most 64.";
const silo = { silo: nameOrId() } as const;
const project = { project: nameOrId() } as const;

export const policyOperations = {
  policy_view: declare({
    operationId: "policy_view",
    method: "GET",
    path: "/v1/policy",
    tags: ["silos"],
    summary: "Fetch the policy of the caller's silo",
    revisions: [{ since: V.INITIAL, response: SiloRolePolicy }],
  }),
  policy_update: declare({
    operationId: "policy_update",
    method: "PUT",
    path: "/v1/policy",
    tags: ["silos"],
    summary: "Update the policy of the caller's silo",
    description: REPLACES,
    revisions: [{ since: V.INITIAL, body: SiloRolePolicy, response: SiloRolePolicy }],
  }),
  project_policy_view: declare({
    operationId: "project_policy_view",
    method: "GET",
    path: "/v1/projects/{project}/policy",
    tags: ["projects"],
    params: project,
    summary: "Fetch the policy of a project",
    revisions: [{ since: V.INITIAL, response: ProjectRolePolicy }],
  }),
  project_policy_update: declare({
    operationId: "project_policy_update",
    method: "PUT",
    path: "/v1/projects/{project}/policy",
    tags: ["projects"],
    params: project,
    summary: "Update the policy of a project",
    description: REPLACES,
    revisions: [{ since: V.INITIAL, body: ProjectRolePolicy, response: ProjectRolePolicy }],
  }),
  silo_policy_view: declare({
    operationId: "silo_policy_view",
    method: "GET",
    path: "/v1/system/silos/{silo}/policy",
    tags: ["system/silos"],
    params: silo,
    summary: "Fetch the policy of a silo",
    revisions: [{ since: V.INITIAL, response: SiloRolePolicy }],
  }),
  silo_policy_update: declare({
    operationId: "silo_policy_update",
    method: "PUT",
    path: "/v1/system/silos/{silo}/policy",
    tags: ["system/silos"],
    params: silo,
    summary: "Update the policy of a silo",
    description: REPLACES,
    revisions: [{ since: V.INITIAL, body: SiloRolePolicy, response: SiloRolePolicy }],
  }),
  system_policy_view: declare({
    operationId: "system_policy_view",
    method: "GET",
    path: "/v1/system/policy",
    tags: ["policy"],
    summary: "Fetch the policy of the fleet",
    revisions: [{ since: V.INITIAL, response: FleetRolePolicy }],
  }),
  system_policy_update: declare({
    operationId: "system_policy_update",
    method: "PUT",
    path: "/v1/system/policy",
    tags: ["policy"],
    summary: "Update the policy of the fleet",
    description: REPLACES,
    revisions: [{ since: V.INITIAL, body: FleetRolePolicy, response: FleetRolePolicy }],
  }),
};
