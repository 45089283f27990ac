/** Purges removed NAT entries that no switch needs to hear of any more. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { purgeTombstones } from "../nat/cleanup.ts";
import { appliedGeneration } from "../nat/sync-switch.ts";
import { SWITCH_SLOTS, type SwitchDirectory } from "../peers/switches.ts";

const PERIOD_MS = 30_000;

export interface NatCleanupDetails {
  readonly purged: number;
}

/** A switch that cannot be asked fails the pass: what it has seen is not known. */
export function natCleanupTask(nexus: NexusContext, switches: SwitchDirectory): Task<NatCleanupDetails> {
  return defineTask({
    name: "nat_cleanup",
    description: "purges the traces of NAT entries that were removed long ago and are gone from every switch",
    periodMs: PERIOD_MS,
    run: async ({ signal }) => {
      const applied = await Promise.all(
        SWITCH_SLOTS.map(async (slot) => {
          const { dpd } = await switches.get(slot, signal);
          return appliedGeneration(nexus, dpd, signal);
        }),
      );
      return { purged: await purgeTombstones(nexus, applied) };
    },
  });
}
