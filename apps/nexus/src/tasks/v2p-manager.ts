/** Tells every sled where every instance is: what a sled does not know it cannot send packets to. */
import { defineTask, type Task } from "@racklet/reconcile";
import { mapBounded } from "../bounded.ts";
import type { NexusContext } from "../context.ts";
import { sledsInService } from "../sled/in-service.ts";
import { desiredMappings } from "../v2p/desired.ts";
import { mappingsByKey } from "../v2p/mapping.ts";
import { syncSledMappings, type SledMappings } from "../v2p/sync-sled.ts";
import { V2P_MANAGER } from "./names.ts";
import { throwIfAnyFailed } from "./sled-failures.ts";

const PERIOD_MS = 30_000;
const SLEDS_AT_ONCE = 32;

export interface V2pManagerDetails {
  readonly mappings: number;
  readonly sleds: number;
  /** Of all sleds. */
  readonly set: number;
  readonly removed: number;
}

/** The periodic pass asks the sleds what they have; one that was activated goes by what they were last brought to. */
export function v2pManagerTask(nexus: NexusContext): Task<V2pManagerDetails> {
  return defineTask({
    name: V2P_MANAGER,
    description: "keeps every sled's mappings of virtual addresses to sleds equal to where instances are",
    periodMs: PERIOD_MS,
    run: async ({ reason, signal }) => {
      const desired = mappingsByKey(await desiredMappings(nexus.store.db));
      const sleds = await sledsInService(nexus.store.db);
      const options = { desired, look: reason === "timeout", signal };
      const results = await mapBounded(sleds, SLEDS_AT_ONCE, async (sled) => {
        try {
          return await syncSledMappings(nexus, sled, options);
        } catch (error) {
          return { sled, error };
        }
      });
      const done = throwIfAnyFailed<SledMappings>(results);
      const sum = (count: (of: (typeof done)[number]) => number) => done.reduce((total, of) => total + count(of), 0);
      return {
        mappings: desired.size,
        sleds: sleds.length,
        set: sum(({ set }) => set),
        removed: sum(({ removed }) => removed),
      };
    },
  });
}
