/** What the console's pages about things that are not served here ask for: a page without an answer would not load. */
import { accept, declare, param, query, refuse, s } from "@racklet/api-kit";
import { dateTime } from "@racklet/api-kit/json-schema-formats";
import { nameOrId, sortById } from "../common.ts";
import { MeasurementResultsPage } from "../v2025112000/metric.ts";
import { PhysicalDiskResultsPage } from "../v2025112000/physical-disk.ts";
import { TufRepoResultsPage, UpdateStatus } from "../v2025112000/update.ts";
import { V } from "../versions.ts";

const time = param.custom(s.dateTime(), (text) =>
  dateTime(text) ? accept(text) : refuse(`\`${text}\` is not an RFC 3339 time`),
);
const metricName = {
  metric_name: param.enum(
    ["virtual_disk_space_provisioned", "cpus_provisioned", "ram_provisioned"],
    "SystemMetricName",
  ),
} as const;
const span = {
  end_time: query.optional(time),
  order: query.optional(param.enum(["ascending", "descending"], "PaginationOrder")),
  start_time: query.optional(time),
} as const;

export const consoleOperations = {
  silo_metric: declare({
    operationId: "silo_metric",
    method: "GET",
    path: "/v1/metrics/{metric_name}",
    tags: ["metrics"],
    summary: "List what the caller's silo, or a project, used over time",
    params: metricName,
    query: { ...span, project: query.optional(nameOrId()) },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: MeasurementResultsPage }],
  }),
  system_metric: declare({
    operationId: "system_metric",
    method: "GET",
    path: "/v1/system/metrics/{metric_name}",
    tags: ["system/metrics"],
    summary: "List what the fleet, or a silo, used over time",
    params: metricName,
    query: { ...span, silo: query.optional(nameOrId()) },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: MeasurementResultsPage }],
  }),
  physical_disk_list: declare({
    operationId: "physical_disk_list",
    method: "GET",
    path: "/v1/system/hardware/disks",
    tags: ["system/hardware"],
    summary: "List the disks in sleds",
    query: sortById,
    paginated: true,
    revisions: [{ since: V.INITIAL, response: PhysicalDiskResultsPage }],
  }),
  system_update_status: declare({
    operationId: "system_update_status",
    method: "GET",
    path: "/v1/system/update/status",
    tags: ["system/update"],
    summary: "Show how far the update of the system is",
    revisions: [{ since: V.INITIAL, response: UpdateStatus }],
  }),
  system_update_repository_list: declare({
    operationId: "system_update_repository_list",
    method: "GET",
    path: "/v1/system/update/repositories",
    tags: ["system/update"],
    summary: "List the releases that were uploaded",
    query: {
      sort_by: query.withDefault(
        param.enum(["version_ascending", "version_descending"], "VersionSortMode"),
        "version_ascending",
      ),
    },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: TufRepoResultsPage }],
  }),
} as const;
