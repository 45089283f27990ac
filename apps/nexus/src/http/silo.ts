/** Silos, quotas and identity providers. */
import type { Handlers } from "@racklet/api-kit";
import type { Silo, SiloCreate, SiloQuotas } from "@racklet/api-types/nexus/latest";
import { siloOperations } from "@racklet/api-types/nexus/operations/silo";
import { authenticate } from "../authn/authenticate.ts";
import { authorize } from "../authz/authorize.ts";
import { SILO_ROLES } from "../authz/roles.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { invalidRequest, invalidValue } from "../errors.ts";
import type { SiloTable } from "../db/schema.ts";
import { lookupSilo } from "../lookup/silo.ts";
import { getQuotas, listQuotas, updateQuotas, type Quotas, type QuotasRow } from "../silo/quotas.ts";
import { createSilo, deleteSilo, listSilos, type NewSilo } from "../silo/silo.ts";
import { emptyPage, idPage } from "./by-id.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";

export const siloHandlers: Handlers<NexusContext, typeof siloOperations> = {
  silo_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(siloOperations.silo_list.query, input);
    return page(await listSilos(nexus, op, paging), siloView, (row) => pageKey(paging.sortBy, row));
  },

  silo_create: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    return siloView(await createSilo(nexus, op, newSilo(body)));
  },

  silo_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return siloView(await lookupSilo(nexus, op, params.silo, "read"));
  },

  silo_delete: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    await deleteSilo(nexus, op, params.silo);
  },

  system_quotas_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    return idPage(
      siloOperations.system_quotas_list.query,
      input,
      (page) => listQuotas(nexus, op, page),
      quotasView,
      (row) => row.silo_id,
    );
  },

  silo_quotas_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return quotasView(await getQuotas(nexus, op, params.silo));
  },

  silo_quotas_update: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    const changes: Partial<Quotas> = {
      ...(body.cpus == null ? {} : { cpus: body.cpus }),
      ...(body.memory == null ? {} : { memoryBytes: body.memory }),
      ...(body.storage == null ? {} : { storageBytes: body.storage }),
    };
    return quotasView(await updateQuotas(nexus, op, params.silo, changes));
  },

  silo_identity_provider_list: async (nexus, { query, page, request }) => {
    const op = await authenticate(nexus, request);
    const silo = await lookupSilo(nexus, op, query.silo, "read");
    await authorize(nexus, op, "list_children", { type: "identity-provider", siloId: silo.id });
    return emptyPage(page);
  },
};

function newSilo(body: SiloCreate): NewSilo {
  if (body.tls_certificates.length > 0) {
    throw invalidRequest("tls_certificates must be empty: this API is served without TLS");
  }
  const { mapped_fleet_roles: mappedFleetRoles = {}, quotas } = body;
  for (const role of Object.keys(mappedFleetRoles)) {
    if (!SILO_ROLES.some((known) => known === role)) {
      throw invalidValue("mapped_fleet_roles", `${role} is no silo role (${SILO_ROLES.join(", ")})`);
    }
  }
  return {
    name: body.name,
    description: body.description,
    discoverable: body.discoverable,
    identityMode: body.identity_mode,
    adminGroupName: body.admin_group_name ?? null,
    mappedFleetRoles,
    quotas: { cpus: quotas.cpus, memoryBytes: quotas.memory, storageBytes: quotas.storage },
  };
}

function siloView(row: SiloTable): Silo {
  return {
    ...identityView(row),
    discoverable: row.discoverable === 1,
    identity_mode: row.identity_mode,
    admin_group_name: row.admin_group_name,
    // Written by silo creation only, in this shape.
    mapped_fleet_roles: JSON.parse(row.mapped_fleet_roles) as Silo["mapped_fleet_roles"],
  };
}

function quotasView(row: QuotasRow): SiloQuotas {
  return { silo_id: row.silo_id, cpus: row.cpus, memory: row.memory_bytes, storage: row.storage_bytes };
}
