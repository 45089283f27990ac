/** IP pools as the users of a silo see them. */
import type { Handlers } from "@racklet/api-kit";
import { ipPoolOperations } from "@racklet/api-types/nexus/operations/ip-pool";
import type { SiloIpPool } from "@racklet/api-types/nexus/v2026010100/ip-pool";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { listOwnPools, viewOwnPool, type SiloPool } from "../ip-pool/silo-pools.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";

const LIST_QUERY = ipPoolOperations.ip_pool_list.revisions[0].query;

export const ipPoolHandlers: Handlers<NexusContext, typeof ipPoolOperations> = {
  ip_pool_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(LIST_QUERY, input);
    const filter = { ipVersion: query.ip_version, poolType: query.pool_type };
    const rows = await listOwnPools(nexus, op, filter, paging);
    return page(rows, siloPoolView, (row) => pageKey(paging.sortBy, row));
  },

  ip_pool_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return siloPoolView(await viewOwnPool(nexus, op, params.pool));
  },
};

export function siloPoolView(row: SiloPool): SiloIpPool {
  return {
    ...identityView(row),
    ip_version: row.ip_version,
    pool_type: row.pool_type,
    is_default: row.is_default === 1,
  };
}
