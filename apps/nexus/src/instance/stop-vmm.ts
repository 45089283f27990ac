import type { NexusContext } from "../context.ts";
import { askSled } from "../peers/sled-agent.ts";
import { vmmReport } from "../peers/vmm-report.ts";
import { applyVmmReport } from "./vmm-state.ts";

/** Tells the sled-agent to stop the VMM, and records what it answers. Throws NoSuchVmmError when it does not have it. */
export async function stopVmm(nexus: NexusContext, sledId: string, propolisId: string): Promise<void> {
  await requestState(nexus, sledId, propolisId, "stopped");
}

/** Tells the sled-agent to change the VMM, and records what it answers. */
export async function requestState(
  nexus: NexusContext,
  sledId: string,
  propolisId: string,
  type: "stopped" | "reboot",
): Promise<void> {
  const { updated_runtime: answer } = await askSled(nexus, sledId, (agent) =>
    agent.vmm_put_state({ path: { propolis_id: propolisId }, body: { state: { type } } }),
  );
  if (answer != null) await applyVmmReport(nexus, propolisId, vmmReport(answer));
}
