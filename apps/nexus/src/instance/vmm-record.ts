/** The record of a VMM: made before its sled-agent hears of it, and kept until that is known not to have it. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { NexusError } from "../errors.ts";
import { askSled } from "../peers/sled-agent.ts";
import { releaseSled } from "../sled/reserve.ts";

type Tx = Transaction<NexusTables>;

export interface NewVmm {
  readonly id: string;
  readonly instanceId: string;
  readonly sledId: string;
  /** `[ipv6]:port` */
  readonly propolisAddress: string;
}

/** Fine when it is there already. */
export async function insertVmm(nexus: NexusContext, tx: Tx, vmm: NewVmm): Promise<void> {
  const now = nowText(nexus);
  await tx
    .insertInto("vmm")
    .values({
      id: vmm.id,
      instance_id: vmm.instanceId,
      sled_id: vmm.sledId,
      propolis_address: vmm.propolisAddress,
      state: "creating",
      state_gen: 1,
      time_state_updated: now,
      failure_reason: null,
      time_created: now,
      time_deleted: null,
    })
    .onConflict((oc) => oc.column("id").doNothing())
    .execute();
}

/** Its room is free at once, and what it says is not heard any more. The reaper makes sure that its sled drops it. */
export async function abandonVmm(nexus: NexusContext, tx: Tx, vmmId: string): Promise<void> {
  await tx
    .updateTable("vmm")
    .set({ state: "saga_unwound", time_state_updated: nowText(nexus) })
    .where("id", "=", vmmId)
    .where("time_deleted", "is", null)
    .execute();
  await releaseSled(tx, vmmId);
}

/** A sled that cannot be reached now is asked again by the reaper. */
export async function unregisterVmm(nexus: NexusContext, sledId: string, vmmId: string): Promise<void> {
  try {
    await askSled(nexus, sledId, (agent) => agent.vmm_unregister({ path: { propolis_id: vmmId } }));
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    nexus.world.log.warn({ vmm: vmmId, sled: sledId, err: error }, "a VMM could not be unregistered");
  }
}
