/** What sled-agents report of VMMs. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import type { NexusContext } from "../../context.ts";
import { applyVmmReport } from "../../instance/vmm-state.ts";

type Operations = Pick<(typeof nexusInternalApi)["operations"], "cpapi_instances_put">;

export const vmmHandlers: Handlers<NexusContext, Operations> = {
  cpapi_instances_put: async (nexus, { params, body }) => {
    const { state, gen, time_updated: timeUpdated } = body.vmm_state;
    await applyVmmReport(nexus, params.propolis_id, { state, gen, timeUpdated });
  },
};
