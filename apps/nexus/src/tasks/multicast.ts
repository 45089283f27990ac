/** The task that holds switches and sleds to what multicast groups and their members ask for. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { MulticastReconciler } from "../multicast/reconcile/reconciler.ts";

export const MULTICAST_RECONCILER = "multicast_reconciler";

export const multicastTaskNames: readonly string[] = [MULTICAST_RECONCILER];

/** A switch that restarted empty is noticed within this time. */
const PERIOD_MS = 5_000;

export function multicastTasks(nexus: NexusContext): readonly Task<unknown>[] {
  const reconciler = new MulticastReconciler(nexus, () => nexus.tasks.activate(MULTICAST_RECONCILER));
  return [
    defineTask({
      name: MULTICAST_RECONCILER,
      description: "keeps multicast groups and their members on switches and sleds equal to the database",
      periodMs: PERIOD_MS,
      run: ({ signal }) => reconciler.pass(signal),
    }),
  ];
}
