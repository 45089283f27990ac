/** What sled-agents report of VMMs. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { NexusContext } from "../../context.ts";
import { applyVmmReport } from "../../instance/vmm-state.ts";
import { vmmReport } from "../../peers/vmm-report.ts";

type Operations = Pick<(typeof nexusInternalApi)["operations"], "cpapi_instances_put">;

export const vmmHandlers: Handlers<NexusContext, Operations> = {
  cpapi_instances_put: async (nexus, { params, body }) => {
    await applyVmmReport(nexus, params.propolis_id, vmmReport(body));
  },
};
