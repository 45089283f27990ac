/** IP pools as operators see them. */
import type { Handlers } from "@racklet/api-kit";
import { systemIpPoolOperations } from "@racklet/api-types/nexus/operations/system-ip-pool";
import type { IpPool } from "@racklet/api-types/nexus/v2026061100/ip-pool";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import type { IpPoolRangeTable, IpPoolSiloTable, IpPoolTable } from "../db/schema.ts";
import { lookupPool } from "../ip-pool/lookup.ts";
import { assignPool, createPool, deletePool, listPools, updatePool } from "../ip-pool/pools.ts";
import { addRange, listRanges, removeRange } from "../ip-pool/ranges.ts";
import { linkSilo, listSiloLinks, unlinkSilo, updateSiloLink } from "../ip-pool/silo-links.ts";
import { listPoolsOfSilo } from "../ip-pool/silo-pools.ts";
import { poolUtilization } from "../ip-pool/utilization.ts";
import { idPage } from "./by-id.ts";
import { identityView } from "./identity.ts";
import { siloPoolView } from "./ip-pool.ts";
import { listing, sortedListing } from "./listing.ts";
import { bodySelector } from "./selector.ts";

const operations = systemIpPoolOperations;

export const systemIpPoolHandlers: Handlers<NexusContext, typeof systemIpPoolOperations> = {
  system_ip_pool_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(operations.system_ip_pool_list.revisions[0].query, input);
    const filter = { assignment: query.assignment, ipVersion: query.ip_version, poolType: query.pool_type };
    return page(await listPools(nexus, op, filter, paging), poolView, (row) => pageKey(paging.sortBy, row));
  },

  system_ip_pool_create: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, ip_version, pool_type, assignment } = body;
    const kind = { ipVersion: ip_version ?? "v4", poolType: pool_type ?? "unicast" } as const;
    return poolView(await createPool(nexus, op, { name, description, ...kind, assignment: assignment ?? "silos" }));
  },

  system_ip_pool_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return poolView(await lookupPool(nexus, op, params.pool, "read"));
  },

  system_ip_pool_update: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    return poolView(await updatePool(nexus, op, params.pool, body));
  },

  system_ip_pool_delete: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    await deletePool(nexus, op, params.pool);
  },

  system_ip_pool_assign: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    return poolView(await assignPool(nexus, op, params.pool, body.assignment));
  },

  system_ip_pool_range_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { limit, lastSeen, page } = listing({}, input);
    const rows = await listRanges(nexus, op, input.params.pool, { limit, lastSeen });
    return page(rows, rangeView, (row) => row.first_sort);
  },

  system_ip_pool_range_add: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    return rangeView(await addRange(nexus, op, params.pool, body));
  },

  system_ip_pool_range_remove: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    await removeRange(nexus, op, params.pool, body);
  },

  system_ip_pool_silo_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    return idPage(
      operations.system_ip_pool_silo_list.query,
      input,
      (page) => listSiloLinks(nexus, op, input.params.pool, page),
      linkView,
      (row) => row.silo_id,
    );
  },

  system_ip_pool_silo_link: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    const link = { silo: bodySelector(body.silo), isDefault: body.is_default };
    return linkView(await linkSilo(nexus, op, params.pool, link));
  },

  system_ip_pool_silo_update: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    return linkView(await updateSiloLink(nexus, op, params.pool, params.silo, body.is_default));
  },

  system_ip_pool_silo_unlink: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    await unlinkSilo(nexus, op, params.pool, params.silo);
  },

  system_ip_pool_utilization_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return poolUtilization(nexus, op, params.pool);
  },

  silo_ip_pool_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(operations.silo_ip_pool_list.query, input);
    const rows = await listPoolsOfSilo(nexus, op, input.params.silo, paging);
    return page(rows, siloPoolView, (row) => pageKey(paging.sortBy, row));
  },
};

export function poolView(row: IpPoolTable): IpPool {
  const { ip_version, pool_type, assignment } = row;
  return { ...identityView(row), ip_version, pool_type, assignment };
}

export function rangeView({ id, ip_pool_id, first_address, last_address, time_created }: IpPoolRangeTable) {
  return { id, ip_pool_id, range: { first: first_address, last: last_address }, time_created };
}

function linkView({ ip_pool_id, silo_id, is_default }: IpPoolSiloTable) {
  return { ip_pool_id, silo_id, is_default: is_default === 1 };
}
