/** Ends the records of VMMs whose start was taken back, once their sled is known not to have them. */
import { defineTask, type Task } from "@racklet/reconcile";
import { ClientError } from "@racklet/client-runtime";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { sledAgentOf, sledError } from "../peers/sled-agent.ts";
import { releaseSled } from "../sled/reserve.ts";
import { ABANDONED_VMM_REAPER } from "./names.ts";

const PERIOD_MS = 60_000;
const PER_PASS = 200;

export interface AbandonedVmmReaperDetails {
  readonly found: number;
  readonly reaped: number;
  readonly errors: readonly string[];
}

export function abandonedVmmReaperTask(nexus: NexusContext): Task<AbandonedVmmReaperDetails> {
  return defineTask({
    name: ABANDONED_VMM_REAPER,
    description: "ends VMMs whose start was taken back",
    periodMs: PERIOD_MS,
    run: async ({ signal }) => {
      const abandoned = await nexus.store.db
        .selectFrom("vmm")
        .innerJoin("sled", "sled.id", "vmm.sled_id")
        .select(["vmm.id", "vmm.sled_id", "sled.sled_agent_address", "sled.policy"])
        .where("vmm.state", "=", "saga_unwound")
        .where("vmm.time_deleted", "is", null)
        .orderBy("vmm.id")
        .limit(PER_PASS)
        .execute();
      const errors: string[] = [];
      for (const vmm of abandoned) {
        const sled = { id: vmm.sled_id, sled_agent_address: vmm.sled_agent_address };
        try {
          // What is on an expunged sled is gone with it.
          if (vmm.policy !== "expunged") {
            await sledAgentOf(nexus, sled).vmm_unregister({ path: { propolis_id: vmm.id } }, { signal });
          }
          await endVmm(nexus, vmm.id);
        } catch (error) {
          if (!(error instanceof ClientError)) throw error;
          errors.push(sledError(sled, error).message);
        }
      }
      return { found: abandoned.length, reaped: abandoned.length - errors.length, errors };
    },
  });
}

async function endVmm(nexus: NexusContext, id: string): Promise<void> {
  await nexus.store.transaction(async (tx) => {
    await tx
      .updateTable("vmm")
      .set({ time_deleted: nowText(nexus) })
      .where("id", "=", id)
      .execute();
    await releaseSled(tx, id);
  });
}
