/**
 * Lists of what does not exist here yet. The caller must be allowed to see what the list is of, and a project must exist,
 * as if there were something in it.
 */
import type { Handlers, PageRequest, RequestInfo } from "@racklet/api-kit";
import type { emptyListOperations } from "@racklet/api-types/nexus/operations/empty-list";
import { authenticate } from "../authn/authenticate.ts";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { notFoundById, notFoundByName, type NexusError } from "../errors.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import { childSelector, inProject, type Selector } from "../lookup/selector.ts";
import { lookupProjectFor } from "../project/lookup.ts";
import { emptyPage } from "./by-id.ts";

interface InProject {
  readonly query: { readonly project?: Selector | undefined };
  readonly page: PageRequest;
  readonly request: RequestInfo;
}

async function ofProject(nexus: NexusContext, { query, page, request }: InProject) {
  const op = await authenticate(nexus, request);
  if (query.project !== undefined) await lookupProjectFor(nexus, op, query.project, "list_children", "compute");
  else await authorize(nexus, op, "list_children", { type: "silo", id: ownSilo(op) });
  return emptyPage<never>(page);
}

async function ofSilo(nexus: NexusContext, { page, request }: Pick<InProject, "page" | "request">) {
  const op = await authenticate(nexus, request);
  await authorize(nexus, op, "read", { type: "silo", id: ownSilo(op) });
  return emptyPage<never>(page);
}

async function missingMember(
  nexus: NexusContext,
  type: string,
  group: Selector,
  { query, request }: InProject,
): Promise<NexusError> {
  const op = await authenticate(nexus, request);
  const child = childSelector(group, [query.project], inProject(type));
  if ("id" in child) return notFoundById(type, child.id);
  await lookupProjectFor(nexus, op, child.parent, "read", "compute");
  return notFoundByName(type, child.name);
}

export const emptyListHandlers: Handlers<NexusContext, typeof emptyListOperations> = {
  disk_list: ofProject,
  image_list: ofProject,
  snapshot_list: ofProject,
  affinity_group_list: ofProject,
  anti_affinity_group_list: ofProject,
  external_subnet_list: ofProject,
  subnet_pool_list: ofSilo,

  certificate_list: async (nexus, { page, request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "list_children", { type: "certificate", siloId: ownSilo(op) });
    return emptyPage(page);
  },

  // No group exists, so none has members.
  affinity_group_member_list: async (nexus, input) => {
    throw await missingMember(nexus, "affinity-group", input.params.affinity_group, input);
  },
  anti_affinity_group_member_list: async (nexus, input) => {
    throw await missingMember(nexus, "anti-affinity-group", input.params.anti_affinity_group, input);
  },

  system_subnet_pool_list: async (nexus, { page, request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "list_children", { type: "fleet" });
    return emptyPage(page);
  },
};
