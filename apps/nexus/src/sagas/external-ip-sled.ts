/** What the attach and the detach of an external IP share: who of the rack must hear of it, and the call to the sled-agent. */
import type { NexusContext } from "../context.ts";
import type { ExternalIpKind } from "../db/schema.ts";
import { invalidRequest, unavailable } from "../errors.ts";
import { getInstance } from "../instance/record.ts";
import { runState } from "../instance/run-state.ts";
import { askSled, NoSuchVmmError } from "../peers/sled-agent.ts";

/** The VMM that must hear of a change of its instance's addresses. */
export interface LiveVmm {
  readonly propolisId: string;
  readonly sledId: string;
}

/** The external IP a saga works on; null: there is nothing (left) to do. */
export interface WorkingIp {
  readonly id: string;
  readonly ip: string;
  readonly kind: ExternalIpKind;
}

/**
 * Null for an instance that is off: nobody needs to hear. Throws `unavailable` for one on its way between states, where it is
 * not known who would have to, and invalid-request for a failed one.
 */
export async function vmmToTell(
  nexus: NexusContext,
  instanceId: string,
  verb: "attach" | "detach",
): Promise<LiveVmm | null> {
  const instance = await getInstance(nexus, instanceId);
  const state = runState(instance);
  switch (state) {
    case "stopped":
      return null;
    case "running":
    case "rebooting":
      if (instance.active_propolis_id === null || instance.vmm_sled_id === null) return null;
      return { propolisId: instance.active_propolis_id, sledId: instance.vmm_sled_id };
    case "failed":
    case "destroyed":
      throw invalidRequest(`cannot ${verb} an external IP: the instance is ${state}`);
    default:
      throw unavailable(
        `cannot ${verb} an external IP while the instance is ${state}: it will be safe to retry once that is over`,
      );
  }
}

export async function putAtSled(nexus: NexusContext, vmm: LiveVmm | null, ip: WorkingIp | null): Promise<void> {
  if (vmm === null || ip === null || ip.kind === "snat") return;
  const body = { type: ip.kind, value: ip.ip };
  await askSled(nexus, vmm.sledId, (agent) =>
    agent.vmm_put_external_ip({ path: { propolis_id: vmm.propolisId }, body }),
  );
}

/** A VMM that is gone has no addresses. */
export async function deleteAtSled(nexus: NexusContext, vmm: LiveVmm | null, ip: WorkingIp | null): Promise<void> {
  if (vmm === null || ip === null || ip.kind === "snat") return;
  const body = { type: ip.kind, value: ip.ip };
  try {
    await askSled(nexus, vmm.sledId, (agent) =>
      agent.vmm_delete_external_ip({ path: { propolis_id: vmm.propolisId }, body }),
    );
  } catch (error) {
    if (!(error instanceof NoSuchVmmError)) throw error;
  }
}
