/** A propolis whose VM takes as long as those of the rig. */
import { DEFAULT_CONFIG } from "@racklet/propolis";

export { startPropolis, type RunningPropolis } from "@racklet/propolis";

export const QUICK = {
  ...DEFAULT_CONFIG,
  timing: { ...DEFAULT_CONFIG.timing, bootMs: [100, 100] as const, stopMs: 40 },
};
