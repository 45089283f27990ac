/** Carries out the plan of an instance's update: a reader sees the instance before it, or after, with all that follows. */
import type { Kysely, Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { placeMembers, restMembers } from "../multicast/instance-hooks.ts";
import { ensureInstanceNatIn, removeInstanceNatIn } from "../nat/instance.ts";
import { releaseSled } from "../sled/reserve.ts";
import { ABANDONED_VMM_REAPER, INSTANCE_WATCHER, V2P_MANAGER } from "../tasks/names.ts";
import { endMigration } from "./migration-record.ts";
import { instanceFacts } from "./update-facts.ts";
import { abandonVmm } from "./vmm-record.ts";
import { planInstanceUpdate, type InstanceUpdatePlan, type VmmFacts } from "./update-plan.ts";

type Tx = Transaction<NexusTables>;

interface Consequences {
  /** Who has to hear of it, by what it is for them. */
  readonly nat: boolean;
  readonly multicast: boolean;
  readonly plan: InstanceUpdatePlan | null;
}

/** Gives the lock back in the same transaction. Nothing to do is fine: it was done before. */
export async function commitInstanceUpdate(nexus: NexusContext, instanceId: string, sagaId: string): Promise<void> {
  const { nat, multicast, plan } = await nexus.store.transaction(async (tx): Promise<Consequences> => {
    const facts = await instanceFacts(tx, instanceId);
    const plan = facts === undefined ? null : planInstanceUpdate(facts);
    const done = plan === null ? { nat: false, multicast: false } : await carryOut(nexus, tx, instanceId, plan);
    await unlockInstance(tx, instanceId, sagaId);
    return { ...done, plan };
  });
  if (nat) nexus.natChanged();
  if (multicast) nexus.multicastChanged();
  if (plan === null) return;
  if (plan.guest.kind !== "same") nexus.tasks.activate(V2P_MANAGER);
  if (plan.abandon.length > 0) nexus.tasks.activate(ABANDONED_VMM_REAPER);
  // A stop that went to the VMM the guest has left is repeated where it is now.
  if (plan.guest.kind === "on") nexus.tasks.activate(INSTANCE_WATCHER);
}

export async function unlockInstance(
  db: Pick<Kysely<NexusTables>, "updateTable">,
  instanceId: string,
  sagaId: string,
): Promise<void> {
  await db
    .updateTable("instance")
    .set({ updater_id: null })
    .where("id", "=", instanceId)
    .where("updater_id", "=", sagaId)
    .execute();
}

async function carryOut(nexus: NexusContext, tx: Tx, instanceId: string, plan: InstanceUpdatePlan) {
  const now = nowText(nexus);
  const { guest } = plan;
  if (plan.migrationOver) await leaveMigration(nexus, tx, instanceId);
  for (const id of plan.end) await tx.updateTable("vmm").set({ time_deleted: now }).where("id", "=", id).execute();
  for (const id of plan.abandon) await abandonVmm(nexus, tx, id);
  for (const id of [...plan.end, ...plan.release]) await releaseSled(tx, id);
  if (guest.kind === "on") return moveTo(nexus, tx, instanceId, guest.vmm);
  if (guest.kind === "off") return turnOff(nexus, tx, instanceId, guest.failed);
  return { nat: false, multicast: false };
}

async function leaveMigration(nexus: NexusContext, tx: Tx, instanceId: string): Promise<void> {
  const { migration_id: migrationId } = await tx
    .selectFrom("instance")
    .select("migration_id")
    .where("id", "=", instanceId)
    .executeTakeFirstOrThrow();
  if (migrationId !== null) await endMigration(nexus, tx, migrationId);
  await changeInstance(nexus, tx, instanceId, { migration_id: null, target_propolis_id: null });
}

async function moveTo(nexus: NexusContext, tx: Tx, instanceId: string, { id, sledId }: VmmFacts) {
  await changeInstance(nexus, tx, instanceId, { active_propolis_id: id });
  const changed = await ensureInstanceNatIn(nexus, tx, { instanceId, sledId });
  return { nat: changed > 0, multicast: await placeMembers(nexus, tx, instanceId, sledId) };
}

async function turnOff(nexus: NexusContext, tx: Tx, instanceId: string, failed: boolean) {
  await changeInstance(nexus, tx, instanceId, {
    active_propolis_id: null,
    ...(failed
      ? { state: "failed" as const }
      : // A guest that shut itself down is meant to be off; one that failed is still meant to run.
        { state: "no_vmm" as const, intended_state: "stopped" as const }),
  });
  const removed = await removeInstanceNatIn(nexus, tx, { instanceId });
  return { nat: removed > 0, multicast: await restMembers(nexus, tx, instanceId) };
}

async function changeInstance(
  nexus: NexusContext,
  tx: Tx,
  instanceId: string,
  columns: Partial<
    Pick<
      NexusTables["instance"],
      "state" | "intended_state" | "active_propolis_id" | "migration_id" | "target_propolis_id"
    >
  >,
): Promise<void> {
  await tx
    .updateTable("instance")
    .set((eb) => ({ ...columns, time_state_updated: nowText(nexus), state_gen: eb("state_gen", "+", 1) }))
    .where("id", "=", instanceId)
    .execute();
}
