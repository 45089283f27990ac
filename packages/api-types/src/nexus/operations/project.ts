/** Projects. */
import { declare } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import { Project, ProjectCreate, ProjectResultsPage, ProjectUpdate } from "../v2025112000/project.ts";
import { V } from "../versions.ts";

const tags = ["projects"] as const;
const params = { project: nameOrId() } as const;
const path = "/v1/projects/{project}";

export const projectOperations = {
  project_list: declare({
    operationId: "project_list",
    method: "GET",
    path: "/v1/projects",
    tags,
    summary: "List the projects of the caller's silo",
    query: sortByNameOrId,
    paginated: true,
    revisions: [{ since: V.INITIAL, response: ProjectResultsPage }],
  }),
  project_create: declare({
    operationId: "project_create",
    method: "POST",
    path: "/v1/projects",
    tags,
    summary: "Create a project",
    description:
      "It comes with a VPC `default`: a subnet, a router with default routes, an internet gateway and firewall rules that let in SSH, ICMP and the VPC's own traffic.",
    revisions: [{ since: V.INITIAL, body: ProjectCreate, response: Project, status: 201 }],
  }),
  project_view: declare({
    operationId: "project_view",
    method: "GET",
    path,
    tags,
    summary: "Show a project",
    params,
    revisions: [{ since: V.INITIAL, response: Project }],
  }),
  project_update: declare({
    operationId: "project_update",
    method: "PUT",
    path,
    tags,
    summary: "Rename or describe a project",
    params,
    revisions: [{ since: V.INITIAL, body: ProjectUpdate, response: Project }],
  }),
  project_delete: declare({
    operationId: "project_delete",
    method: "DELETE",
    path,
    tags,
    summary: "Delete a project",
    description: "Refused (400) while it has instances, floating IPs or VPCs.",
    params,
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
} as const;
