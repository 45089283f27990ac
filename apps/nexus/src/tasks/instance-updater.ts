/** Starts the update of every instance that has to follow its VMMs and does not: the report came while no saga could be started, or its saga failed. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { TERMINAL_VMM_STATES } from "../instance/run-state.ts";
import { instanceFacts } from "../instance/update-facts.ts";
import { planInstanceUpdate } from "../instance/update-plan.ts";
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
    description: "lets instances follow VMMs that ended or took over their guests",
    periodMs: PERIOD_MS,
    run: async () => {
      let due = 0;
      let unlocked = 0;
      let started = 0;
      for (const { id, updater_id: updater } of await candidates(nexus)) {
        const facts = await instanceFacts(nexus.store.db, id);
        if (facts === undefined || planInstanceUpdate(facts) === null) continue;
        due += 1;
        if (updater !== null) {
          if (await isAtWork(nexus, updater)) continue;
          await unlock(nexus, id, updater);
          unlocked += 1;
        }
        if ((await startInstanceUpdate(nexus, id)) !== undefined) started += 1;
      }
      return { due, started, unlocked };
    },
  });
}

/** Instances with a VMM that is over, or a migration that is at one end. */
function candidates(nexus: NexusContext) {
  return nexus.store.db
    .selectFrom("instance")
    .select(["instance.id", "instance.updater_id"])
    .where(({ or, exists, selectFrom }) =>
      or([
        exists(
          selectFrom("vmm")
            .select("vmm.id")
            .whereRef("vmm.instance_id", "=", "instance.id")
            .where("vmm.state", "in", TERMINAL_VMM_STATES)
            .where("vmm.time_deleted", "is", null),
        ),
        exists(
          selectFrom("migration")
            .select("migration.id")
            .whereRef("migration.id", "=", "instance.migration_id")
            .where((eb) => eb.or([eb("source_state", "in", ENDS), eb("target_state", "in", ENDS)])),
        ),
      ]),
    )
    .orderBy("instance.id")
    .limit(PER_PASS)
    .execute();
}

const ENDS = ["failed", "completed"] as const;

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
