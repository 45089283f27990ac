/** The one IP pool of the system's own services, as versions before 2026061100 know it: later, any pool can be assigned to them. */
import { declare } from "@racklet/api-kit";
import * as v2025112000 from "../v2025112000/ip-pool.ts";
import { V } from "../versions.ts";

const tags = ["system/ip-pools"] as const;
const path = "/v1/system/ip-pools-service";

const REMOVED = { since: V.IP_POOL_ASSIGNMENT, removed: true } as const;

/** One shape in all versions, under two names. */
const renamed = <const R extends object, const N extends string>(operationId: N, revision: R) =>
  [REMOVED, { since: V.IP_POOL_OPERATION_NAMES, ...revision }, { since: V.INITIAL, operationId, ...revision }] as const;

export const serviceIpPoolOperations = {
  system_ip_pool_service_view: declare({
    operationId: "system_ip_pool_service_view",
    method: "GET",
    path,
    tags,
    summary: "Show the IPv4 pool of the system's services",
    revisions: renamed("ip_pool_service_view", { response: v2025112000.IpPool }),
  }),
  system_ip_pool_service_range_list: declare({
    operationId: "system_ip_pool_service_range_list",
    method: "GET",
    path: `${path}/ranges`,
    tags,
    summary: "List the ranges of the IPv4 pool of the system's services",
    description: "In the order of their addresses.",
    paginated: true,
    revisions: renamed("ip_pool_service_range_list", { response: v2025112000.IpPoolRangeResultsPage }),
  }),
  system_ip_pool_service_range_add: declare({
    operationId: "system_ip_pool_service_range_add",
    method: "POST",
    path: `${path}/ranges/add`,
    tags,
    summary: "Add a range to the IPv4 pool of the system's services",
    revisions: renamed("ip_pool_service_range_add", {
      body: v2025112000.IpRange,
      response: v2025112000.IpPoolRange,
      status: 201,
    }),
  }),
  system_ip_pool_service_range_remove: declare({
    operationId: "system_ip_pool_service_range_remove",
    method: "POST",
    path: `${path}/ranges/remove`,
    tags,
    summary: "Remove a range from a pool of the system's services",
    description: "Exactly as it was added. Refused (400) while an address of it is in use.",
    revisions: renamed("ip_pool_service_range_remove", { body: v2025112000.IpRange, status: 204 }),
  }),
} as const;
