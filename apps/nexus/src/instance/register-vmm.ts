import type { NexusContext } from "../context.ts";
import { askSled } from "../peers/sled-agent.ts";
import { vmmReport } from "../peers/vmm-report.ts";
import { digestOf } from "../sled/applied.ts";
import { vmmRegistration } from "./registration.ts";
import { applyVmmReport } from "./vmm-state.ts";

export interface VmmToRegister {
  readonly vmmId: string;
  readonly instanceId: string;
  readonly sledId: string;
  /** Set for the target of a migration. */
  readonly migrationId?: string;
}

/** Makes the VMM known to its sled-agent, once; it does not run yet. Throws what the sled-agent refuses. */
export async function registerVmm(nexus: NexusContext, vmm: VmmToRegister): Promise<void> {
  const { vmmId, instanceId, sledId, migrationId } = vmm;
  const { state } = await nexus.store.db
    .selectFrom("vmm")
    .select("state")
    .where("id", "=", vmmId)
    .executeTakeFirstOrThrow();
  // Run again after a crash: the VMM is registered, and may even be over.
  if (state !== "creating") return;
  const body = await vmmRegistration(nexus, instanceId, vmmId, migrationId);
  const answer = await askSled(nexus, sledId, (agent) => agent.vmm_register({ path: { propolis_id: vmmId }, body }));
  const { nics, firewall_rules: rules } = body.local_config;
  const [nic] = nics;
  if (nic !== undefined) nexus.applied.setRules(sledId, vmmId, { vni: nic.vni, digest: digestOf(rules) });
  await applyVmmReport(nexus, vmmId, vmmReport(answer));
}
