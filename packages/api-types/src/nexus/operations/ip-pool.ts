/** IP pools as the users of a silo see them. */
import { declare, mapPage, param, query, type ResultsPage } from "@racklet/api-kit";
import { ipVersionParam, nameOrId, sortByNameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/ip-pool.ts";
import * as v2026010100 from "../v2026010100/ip-pool.ts";
import { V } from "../versions.ts";

const tags = ["ip-pools"] as const;
const poolTypeParam = { ...param.enum(["unicast", "multicast"]), schema: v2025112000.IpPoolType };
export const poolFilters = {
  ip_version: query.optional(ipVersionParam),
  pool_type: query.optional(poolTypeParam),
} as const;

export const siloPoolPageDown = (page: ResultsPage<v2026010100.SiloIpPool>): ResultsPage<v2025112000.SiloIpPool> =>
  mapPage(page, v2026010100.siloIpPoolDown);

export const ipPoolOperations = {
  ip_pool_list: declare({
    operationId: "ip_pool_list",
    method: "GET",
    path: "/v1/ip-pools",
    tags,
    summary: "List the IP pools linked to the caller's silo",
    paginated: true,
    revisions: [
      {
        since: V.IP_POOL_ASSIGNMENT,
        query: { ...sortByNameOrId, ...poolFilters },
        response: v2026010100.SiloIpPoolResultsPage,
      },
      { since: V.IP_POOL_OPERATION_NAMES, query: sortByNameOrId, response: v2026010100.SiloIpPoolResultsPage },
      {
        since: V.SILO_IP_POOL_VERSION_AND_TYPE,
        operationId: "project_ip_pool_list",
        query: sortByNameOrId,
        response: v2026010100.SiloIpPoolResultsPage,
      },
      {
        since: V.INITIAL,
        operationId: "project_ip_pool_list",
        query: sortByNameOrId,
        response: v2025112000.SiloIpPoolResultsPage,
        down: siloPoolPageDown,
      },
    ],
  }),
  ip_pool_view: declare({
    operationId: "ip_pool_view",
    method: "GET",
    path: "/v1/ip-pools/{pool}",
    tags,
    summary: "Show an IP pool linked to the caller's silo",
    params: { pool: nameOrId() },
    revisions: [
      { since: V.IP_POOL_OPERATION_NAMES, response: v2026010100.SiloIpPool },
      {
        since: V.SILO_IP_POOL_VERSION_AND_TYPE,
        operationId: "project_ip_pool_view",
        response: v2026010100.SiloIpPool,
      },
      {
        since: V.INITIAL,
        operationId: "project_ip_pool_view",
        response: v2025112000.SiloIpPool,
        down: v2026010100.siloIpPoolDown,
      },
    ],
  }),
} as const;
