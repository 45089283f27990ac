/** Projects. */
import type { Handlers } from "@racklet/api-kit";
import { projectOperations } from "@racklet/api-types/nexus/operations/project";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { lookupProject } from "../project/lookup.ts";
import { createProject, deleteProject, listProjects, updateProject } from "../project/projects.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";

export const projectHandlers: Handlers<NexusContext, typeof projectOperations> = {
  project_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(projectOperations.project_list.query, input);
    return page(await listProjects(nexus, op, paging), identityView, (row) => pageKey(paging.sortBy, row));
  },

  project_create: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    return identityView(await createProject(nexus, op, body));
  },

  project_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return identityView(await lookupProject(nexus, op, params.project, "read"));
  },

  project_update: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    return identityView(await updateProject(nexus, op, params.project, body));
  },

  project_delete: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    await deleteProject(nexus, op, params.project);
  },
};
