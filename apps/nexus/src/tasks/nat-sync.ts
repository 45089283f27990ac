/** One task per switch, so that a switch that hangs delays only itself. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import type { OldDpdSync } from "../nat/old-dpd.ts";
import { syncSwitch, type SwitchSync } from "../nat/sync-switch.ts";
import type { SwitchDirectory, SwitchSlot } from "../peers/switches.ts";

/** A switch that restarted empty is noticed within this time, and full again soon after. */
const PERIOD_MS = 1_000;

export const natSyncTaskName = (slot: SwitchSlot): string => `nat_sync_switch${slot}`;

export interface NatSyncDetails {
  readonly switch: string;
  readonly url: string;
  readonly sync: SwitchSync | OldDpdSync;
}

/** `distrusted` answers true once after the audit found the switch to differ. */
export function natSyncTask(
  nexus: NexusContext,
  switches: SwitchDirectory,
  slot: SwitchSlot,
  distrusted: () => boolean,
): Task<NatSyncDetails> {
  let left: { readonly url: string; readonly generation: number } | undefined;
  return defineTask({
    name: natSyncTaskName(slot),
    description: `keeps the NAT entries of instances on switch${slot} equal to the database`,
    periodMs: PERIOD_MS,
    run: async ({ reason, signal }) => {
      const { url, dpd } = await switches.get(slot, signal);
      // The periodic look is what notices a switch that lost entries.
      const leftAt = reason === "signaled" && left?.url === url ? left.generation : undefined;
      left = undefined;
      try {
        const sync = await syncSwitch(nexus, dpd, { signal, distrusted: distrusted(), leftAt });
        if (sync.action !== "told to fetch") left = { url, generation: sync.generation };
        return { switch: `switch${slot}`, url, sync };
      } catch (error) {
        switches.forget(url);
        throw error;
      }
    },
  });
}
