/** Silos, their quotas and identity providers: an operator's business. */
import { declare, query } from "@racklet/api-kit";
import { nameOrId, sortById, sortByNameOrId } from "../common.ts";
import {
  IdentityProviderResultsPage,
  Silo,
  SiloCreate,
  SiloQuotas,
  SiloQuotasResultsPage,
  SiloQuotasUpdate,
  SiloResultsPage,
} from "../latest.ts";
import { V } from "../versions.ts";

const tags = ["system/silos"] as const;
const params = { silo: nameOrId() } as const;

export const siloOperations = {
  silo_list: declare({
    operationId: "silo_list",
    method: "GET",
    path: "/v1/system/silos",
    tags,
    query: sortByNameOrId,
    paginated: true,
    summary: "List silos",
    description: "Those that are discoverable.",
    revisions: [{ since: V.INITIAL, response: SiloResultsPage }],
  }),
  silo_create: declare({
    operationId: "silo_create",
    method: "POST",
    path: "/v1/system/silos",
    tags,
    summary: "Create a silo",
    description: "Only `local_only` silos can be created, and without TLS certificates.",
    revisions: [{ since: V.INITIAL, body: SiloCreate, response: Silo, status: 201 }],
  }),
  silo_view: declare({
    operationId: "silo_view",
    method: "GET",
    path: "/v1/system/silos/{silo}",
    tags,
    params,
    summary: "Fetch a silo",
    revisions: [{ since: V.INITIAL, response: Silo }],
  }),
  silo_delete: declare({
    operationId: "silo_delete",
    method: "DELETE",
    path: "/v1/system/silos/{silo}",
    tags,
    params,
    summary: "Delete a silo",
    description: "Refused while it has projects. Its users go with it.",
    revisions: [{ since: V.INITIAL }],
  }),
  system_quotas_list: declare({
    operationId: "system_quotas_list",
    method: "GET",
    path: "/v1/system/silo-quotas",
    tags,
    query: sortById,
    paginated: true,
    summary: "List the quotas of all silos",
    revisions: [{ since: V.INITIAL, response: SiloQuotasResultsPage }],
  }),
  silo_quotas_view: declare({
    operationId: "silo_quotas_view",
    method: "GET",
    path: "/v1/system/silos/{silo}/quotas",
    tags,
    params,
    summary: "Fetch the quotas of a silo",
    revisions: [{ since: V.INITIAL, response: SiloQuotas }],
  }),
  silo_quotas_update: declare({
    operationId: "silo_quotas_update",
    method: "PUT",
    path: "/v1/system/silos/{silo}/quotas",
    tags,
    params,
    summary: "Update the quotas of a silo",
    description: "What is absent or null stays as it is.",
    revisions: [{ since: V.INITIAL, body: SiloQuotasUpdate, response: SiloQuotas }],
  }),
  silo_identity_provider_list: declare({
    operationId: "silo_identity_provider_list",
    method: "GET",
    path: "/v1/system/identity-providers",
    tags,
    query: { silo: query.required(nameOrId()), ...sortByNameOrId },
    paginated: true,
    summary: "List the identity providers of a silo",
    revisions: [{ since: V.INITIAL, response: IdentityProviderResultsPage }],
  }),
};
