/** What silos have and use. */
import { declare } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import { SiloUtilization, SiloUtilizationResultsPage, Utilization } from "../v2025112000/utilization.ts";
import { V } from "../versions.ts";

export const utilizationOperations = {
  utilization_view: declare({
    operationId: "utilization_view",
    method: "GET",
    path: "/v1/utilization",
    tags: ["silos"],
    summary: "Show what the caller's silo has and uses",
    revisions: [{ since: V.INITIAL, response: Utilization }],
  }),
  silo_utilization_list: declare({
    operationId: "silo_utilization_list",
    method: "GET",
    path: "/v1/system/utilization/silos",
    tags: ["system/silos"],
    summary: "List what each silo has and uses",
    query: sortByNameOrId,
    paginated: true,
    revisions: [{ since: V.INITIAL, response: SiloUtilizationResultsPage }],
  }),
  silo_utilization_view: declare({
    operationId: "silo_utilization_view",
    method: "GET",
    path: "/v1/system/utilization/silos/{silo}",
    tags: ["system/silos"],
    summary: "Show what a silo has and uses",
    params: { silo: nameOrId() },
    revisions: [{ since: V.INITIAL, response: SiloUtilization }],
  }),
} as const;
