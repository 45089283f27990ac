/** Starts the release of every ended VMM that nobody is releasing: the report came while no saga could be started, or its saga failed. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { TERMINAL_VMM_STATES } from "../instance/run-state.ts";
import { startInstanceUpdate } from "../instance/update-saga.ts";
import { INSTANCE_UPDATER } from "./names.ts";

const PERIOD_MS = 5_000;
const PER_PASS = 500;

export interface InstanceUpdaterDetails {
  readonly due: number;
  readonly started: number;
  /** Instances whose updater had ended without saying so. */
  readonly unlocked: number;
}

export function instanceUpdaterTask(nexus: NexusContext): Task<InstanceUpdaterDetails> {
  return defineTask({
    name: INSTANCE_UPDATER,
    description: "starts the release of what ended VMMs held",
    periodMs: PERIOD_MS,
    run: async () => {
      const due = await nexus.store.db
        .selectFrom("instance")
        .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
        .select(["instance.id", "instance.updater_id", "vmm.id as propolisId"])
        .where("vmm.state", "in", TERMINAL_VMM_STATES)
        .orderBy("instance.id")
        .limit(PER_PASS)
        .execute();
      let unlocked = 0;
      let started = 0;
      for (const { id, updater_id: updater, propolisId } of due) {
        if (updater !== null) {
          if (await isAtWork(nexus, updater)) continue;
          await unlock(nexus, id, updater);
          unlocked += 1;
        }
        const saga = await startInstanceUpdate(nexus, id, propolisId);
        if (saga !== undefined) started += 1;
      }
      return { due: due.length, started, unlocked };
    },
  });
}

// A stuck saga keeps the lock: an operator has to look at it.
async function isAtWork(nexus: NexusContext, sagaId: string): Promise<boolean> {
  const saga = await nexus.sagas.find(sagaId);
  return saga !== undefined && saga.state !== "done" && saga.state !== "unwound";
}

async function unlock(nexus: NexusContext, instanceId: string, updater: string): Promise<void> {
  await nexus.store.db
    .updateTable("instance")
    .set({ updater_id: null })
    .where("id", "=", instanceId)
    .where("updater_id", "=", updater)
    .execute();
}
