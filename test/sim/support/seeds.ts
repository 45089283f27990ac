/** Which seeds a test file runs. `RACKLET_SEEDS=17` or `1000-1999` runs others instead; every failure names its seed. */
import { afterAll, describe, expect, it } from "vitest";
import { closeDatabase } from "./database.ts";
import { runSeed, type RunOptions } from "./run.ts";

/** Together the files of this folder run these. */
const SEEDS = 200;

/** Most runs are short, so that there can be many; every seventh has more of everything. */
export function optionsOf(seed: number): RunOptions {
  const common = { seed, multicast: true, asicFaults: 0.02 };
  if (seed % 7 === 0) return { ...common, sleds: 3, instances: 3, userSteps: 10, faultSteps: 5 };
  return { ...common, sleds: 2, instances: 1 + (seed % 2), userSteps: 4, faultSteps: 2 };
}

/** Part `part` of `parts`, so that several workers share the work. */
export function describeSeeds(part: number, parts: number): void {
  const seeds = chosen().filter((seed) => seed % parts === part);
  describe.runIf(seeds.length > 0)(
    "after requests and faults drawn from a seed, a rack comes to rest as its database says",
    () => {
      afterAll(closeDatabase);
      it.each(seeds)("seed %i", async (seed) => {
        expect((await runSeed(optionsOf(seed))).length).toBeGreaterThan(0);
      });
    },
  );
}

function chosen(): number[] {
  const [first = 1, last = first] = (process.env["RACKLET_SEEDS"] ?? `1-${SEEDS}`).split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}
