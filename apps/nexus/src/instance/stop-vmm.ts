import { ApiError } from "@racklet/client-runtime";
import type { NexusContext } from "../context.ts";
import { conflict } from "../errors.ts";
import { askSled } from "../peers/sled-agent.ts";
import { vmmReport } from "../peers/vmm-report.ts";
import { applyVmmReport } from "./vmm-state.ts";

/** Tells the sled-agent to stop the VMM, and records what it answers. Throws NoSuchVmmError when it does not have it. */
export async function stopVmm(nexus: NexusContext, sledId: string, propolisId: string): Promise<void> {
  await requestState(nexus, sledId, propolisId, "stopped");
}

/** How a propolis refuses what its VM is past already. */
const FORBIDDEN = 403;

/**
 * Tells the sled-agent to change the VMM, and records what it answers. A VMM that is on its way down already takes no reboot:
 * conflict; of a stop there is nothing left to say.
 */
export async function requestState(
  nexus: NexusContext,
  sledId: string,
  propolisId: string,
  type: "stopped" | "reboot",
): Promise<void> {
  const answer = await askSled(nexus, sledId, async (agent) => {
    try {
      return await agent.vmm_put_state({ path: { propolis_id: propolisId }, body: { state: { type } } });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== FORBIDDEN) throw error;
      if (type === "stopped") return { updated_runtime: null };
      throw conflict("the instance is on its way down: it cannot be rebooted any more");
    }
  });
  if (answer.updated_runtime != null) await applyVmmReport(nexus, propolisId, vmmReport(answer.updated_runtime));
}
