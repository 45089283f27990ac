import { ApiError } from "@racklet/client-runtime";
import type { NexusContext } from "../context.ts";
import type { NexusError } from "../errors.ts";
import { askSled } from "../peers/sled-agent.ts";
import { vmmReport } from "../peers/vmm-report.ts";
import { applyVmmReport } from "./vmm-state.ts";

/** Tells the sled-agent to stop the VMM, and records what it answers. Throws NoSuchVmmError when it does not have it. */
export async function stopVmm(nexus: NexusContext, sledId: string, propolisId: string): Promise<void> {
  await requestState(nexus, sledId, propolisId, { type: "stopped" });
}

/** How a propolis refuses what its VM is past already, or not yet ready for. */
const FORBIDDEN = 403;
/** How a sled-agent refuses what it need not ask the propolis. */
const BAD_REQUEST = 400;

type Change =
  | { readonly type: "stopped" }
  /** `refused`: what to throw when the VMM takes no reboot now. */
  | { readonly type: "reboot"; readonly refused: () => NexusError };

/** Tells the sled-agent to change the VMM, and records what it answers. To a VMM that takes no stop there is nothing to say. */
export async function requestState(
  nexus: NexusContext,
  sledId: string,
  propolisId: string,
  change: Change,
): Promise<void> {
  const { type } = change;
  const answer = await askSled(nexus, sledId, async (agent) => {
    try {
      return await agent.vmm_put_state({ path: { propolis_id: propolisId }, body: { state: { type } } });
    } catch (error) {
      const status = error instanceof ApiError ? error.status : undefined;
      if (change.type === "reboot" && (status === FORBIDDEN || status === BAD_REQUEST)) throw change.refused();
      if (change.type === "reboot" || status !== FORBIDDEN) throw error;
      return { updated_runtime: null };
    }
  });
  if (answer.updated_runtime != null) await applyVmmReport(nexus, propolisId, vmmReport(answer.updated_runtime));
}
