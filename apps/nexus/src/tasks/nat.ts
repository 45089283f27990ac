/** The tasks that carry NAT entries to the switches, and the link between them. */
import type { Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { SWITCH_SLOTS, switchDirectory, type SwitchSlot } from "../peers/switches.ts";
import { natAuditTask } from "./nat-audit.ts";
import { natCleanupTask } from "./nat-cleanup.ts";
import { natSyncTask, natSyncTaskName } from "./nat-sync.ts";

export const natSyncTaskNames: readonly string[] = SWITCH_SLOTS.map(natSyncTaskName);

export function natTasks(nexus: NexusContext): readonly Task<unknown>[] {
  const switches = switchDirectory(nexus);
  const distrusted = new Set<SwitchSlot>();
  const distrust = (slot: SwitchSlot): void => {
    distrusted.add(slot);
    nexus.tasks.activate(natSyncTaskName(slot));
  };
  return [
    ...SWITCH_SLOTS.map((slot) => natSyncTask(nexus, switches, slot, () => distrusted.delete(slot))),
    natAuditTask(nexus, switches, distrust),
    natCleanupTask(nexus, switches),
  ];
}
