/** IP pools as operators see them. Before 2026020900 the operations are called `ip_pool_…`; the paths are the same. */
import { declare, mapPage, param, query, type ResultsPage } from "@racklet/api-kit";
import { nameOrId, sortById, sortByNameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/ip-pool.ts";
import * as v2026010100 from "../v2026010100/ip-pool.ts";
import * as v2026061100 from "../v2026061100/ip-pool.ts";
import { V } from "../versions.ts";
import { poolFilters, siloPoolPageDown } from "./ip-pool.ts";

const assignmentParam = {
  ...param.enum(["silos", "system_services"]),
  schema: v2026061100.IpPoolAssignment,
};
const tags = ["system/ip-pools"] as const;
const path = "/v1/system/ip-pools/{pool}";
const params = { pool: nameOrId() } as const;
const linkParams = { ...params, silo: nameOrId() } as const;

/** One shape in all versions, under two names. */
const renamed = <const R extends object, const N extends string>(operationId: N, revision: R) =>
  [
    { since: V.IP_POOL_OPERATION_NAMES, ...revision },
    { since: V.INITIAL, operationId, ...revision },
  ] as const;

const pageDown = (page: ResultsPage<v2026061100.IpPool>): ResultsPage<v2025112000.IpPool> =>
  mapPage(page, v2026061100.ipPoolDown);

export const systemIpPoolOperations = {
  system_ip_pool_list: declare({
    operationId: "system_ip_pool_list",
    method: "GET",
    path: "/v1/system/ip-pools",
    tags,
    summary: "List all IP pools",
    paginated: true,
    revisions: [
      {
        since: V.IP_POOL_ASSIGNMENT,
        query: {
          ...sortByNameOrId,
          ...poolFilters,
          assignment: query.optional(assignmentParam),
        },
        response: v2026061100.IpPoolResultsPage,
      },
      {
        since: V.IP_POOL_OPERATION_NAMES,
        query: sortByNameOrId,
        // Pools of the system's services are not of the world of these versions, which have calls of their own for them.
        upQuery: (asked: object) => ({ ...asked, assignment: "silos" }),
        response: v2025112000.IpPoolResultsPage,
        down: pageDown,
      },
      {
        since: V.INITIAL,
        operationId: "ip_pool_list",
        query: sortByNameOrId,
        response: v2025112000.IpPoolResultsPage,
      },
    ],
  }),
  system_ip_pool_create: declare({
    operationId: "system_ip_pool_create",
    method: "POST",
    path: "/v1/system/ip-pools",
    tags,
    summary: "Create an IP pool",
    description: "Empty at first, and linked to no silo. Its type and IP version never change.",
    revisions: [
      {
        since: V.IP_POOL_ASSIGNMENT,
        body: v2026061100.IpPoolCreate,
        response: v2026061100.IpPool,
        status: 201,
      },
      {
        since: V.IP_POOL_OPERATION_NAMES,
        body: v2025112000.IpPoolCreate,
        response: v2025112000.IpPool,
        status: 201,
        up: v2026061100.ipPoolCreateUp,
        down: v2026061100.ipPoolDown,
      },
      {
        since: V.INITIAL,
        operationId: "ip_pool_create",
        body: v2025112000.IpPoolCreate,
        response: v2025112000.IpPool,
        status: 201,
      },
    ],
  }),
  system_ip_pool_view: declare({
    operationId: "system_ip_pool_view",
    method: "GET",
    path,
    tags,
    summary: "Show an IP pool",
    params,
    revisions: [
      { since: V.IP_POOL_ASSIGNMENT, response: v2026061100.IpPool },
      { since: V.IP_POOL_OPERATION_NAMES, response: v2025112000.IpPool, down: v2026061100.ipPoolDown },
      { since: V.INITIAL, operationId: "ip_pool_view", response: v2025112000.IpPool },
    ],
  }),
  system_ip_pool_update: declare({
    operationId: "system_ip_pool_update",
    method: "PUT",
    path,
    tags,
    summary: "Rename or describe an IP pool",
    params,
    revisions: [
      { since: V.IP_POOL_ASSIGNMENT, body: v2025112000.IpPoolUpdate, response: v2026061100.IpPool },
      {
        since: V.IP_POOL_OPERATION_NAMES,
        body: v2025112000.IpPoolUpdate,
        response: v2025112000.IpPool,
        down: v2026061100.ipPoolDown,
      },
      {
        since: V.INITIAL,
        operationId: "ip_pool_update",
        body: v2025112000.IpPoolUpdate,
        response: v2025112000.IpPool,
      },
    ],
  }),
  system_ip_pool_delete: declare({
    operationId: "system_ip_pool_delete",
    method: "DELETE",
    path,
    tags,
    summary: "Delete an IP pool",
    description: "With its links to silos. Refused (400) while it has ranges.",
    params,
    revisions: renamed("ip_pool_delete", { status: 204 }),
  }),
  system_ip_pool_assign: declare({
    operationId: "system_ip_pool_assign",
    method: "POST",
    path: `${path}/assignment`,
    tags,
    summary: "Assign an IP pool to silos or to the system's services",
    params,
    revisions: [
      {
        since: V.IP_POOL_ASSIGNMENT,
        body: v2026061100.IpPoolAssignParam,
        response: v2026061100.IpPool,
        status: 200,
      },
    ],
  }),
  system_ip_pool_range_list: declare({
    operationId: "system_ip_pool_range_list",
    method: "GET",
    path: `${path}/ranges`,
    tags,
    summary: "List the ranges of an IP pool",
    description: "In the order of their addresses.",
    params,
    paginated: true,
    revisions: renamed("ip_pool_range_list", { response: v2025112000.IpPoolRangeResultsPage }),
  }),
  system_ip_pool_range_add: declare({
    operationId: "system_ip_pool_range_add",
    method: "POST",
    path: `${path}/ranges/add`,
    tags,
    summary: "Add a range to an IP pool",
    description:
      "Of the pool's IP version and type, overlapping no other range. A multicast pool holds either source-specific or any-source ranges, and none of reserved addresses.",
    params,
    revisions: renamed("ip_pool_range_add", {
      body: v2025112000.IpRange,
      response: v2025112000.IpPoolRange,
      status: 201,
    }),
  }),
  system_ip_pool_range_remove: declare({
    operationId: "system_ip_pool_range_remove",
    method: "POST",
    path: `${path}/ranges/remove`,
    tags,
    summary: "Remove a range from an IP pool",
    description: "Exactly as it was added. Refused (400) while an address of it is in use.",
    params,
    revisions: renamed("ip_pool_range_remove", { body: v2025112000.IpRange, status: 204 }),
  }),
  system_ip_pool_silo_list: declare({
    operationId: "system_ip_pool_silo_list",
    method: "GET",
    path: `${path}/silos`,
    tags,
    summary: "List the silos an IP pool is linked to",
    description: "Only those that are discoverable.",
    params,
    query: sortById,
    paginated: true,
    revisions: renamed("ip_pool_silo_list", { response: v2025112000.IpPoolSiloLinkResultsPage }),
  }),
  system_ip_pool_silo_link: declare({
    operationId: "system_ip_pool_silo_link",
    method: "POST",
    path: `${path}/silos`,
    tags,
    summary: "Link an IP pool to a silo",
    params,
    revisions: renamed("ip_pool_silo_link", {
      body: v2025112000.IpPoolLinkSilo,
      response: v2025112000.IpPoolSiloLink,
      status: 201,
    }),
  }),
  system_ip_pool_silo_update: declare({
    operationId: "system_ip_pool_silo_update",
    method: "PUT",
    path: `${path}/silos/{silo}`,
    tags,
    summary: "Make an IP pool a default of a silo, or no longer",
    description: "A former default of the same type and IP version ceases to be one.",
    params: linkParams,
    revisions: renamed("ip_pool_silo_update", {
      body: v2025112000.IpPoolSiloUpdate,
      response: v2025112000.IpPoolSiloLink,
    }),
  }),
  system_ip_pool_silo_unlink: declare({
    operationId: "system_ip_pool_silo_unlink",
    method: "DELETE",
    path: `${path}/silos/{silo}`,
    tags,
    summary: "Unlink an IP pool from a silo",
    description: "Refused (400) while the silo uses an address of it.",
    params: linkParams,
    revisions: renamed("ip_pool_silo_unlink", { status: 204 }),
  }),
  system_ip_pool_utilization_view: declare({
    operationId: "system_ip_pool_utilization_view",
    method: "GET",
    path: `${path}/utilization`,
    tags,
    summary: "Show how full an IP pool is",
    params,
    revisions: renamed("ip_pool_utilization_view", { response: v2025112000.IpPoolUtilization }),
  }),
  silo_ip_pool_list: declare({
    operationId: "silo_ip_pool_list",
    method: "GET",
    path: "/v1/system/silos/{silo}/ip-pools",
    tags: ["system/silos"],
    summary: "List the IP pools linked to a silo",
    params: { silo: nameOrId() },
    query: sortByNameOrId,
    paginated: true,
    revisions: [
      { since: V.SILO_IP_POOL_VERSION_AND_TYPE, response: v2026010100.SiloIpPoolResultsPage },
      { since: V.INITIAL, response: v2025112000.SiloIpPoolResultsPage, down: siloPoolPageDown },
    ],
  }),
} as const;
