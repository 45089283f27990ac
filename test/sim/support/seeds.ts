import type { RunOptions } from "./run.ts";

/** Most runs are short, so that there can be many; every tenth has more of everything. */
export function optionsOf(seed: number): RunOptions {
  const common = { seed, multicast: true, asicFaults: 0.02 };
  if (seed % 10 === 0) return { ...common, sleds: 3, instances: 3, userSteps: 10, faultSteps: 5 };
  return { ...common, sleds: 2, instances: 1 + (seed % 2), userSteps: 4, faultSteps: 2 };
}
