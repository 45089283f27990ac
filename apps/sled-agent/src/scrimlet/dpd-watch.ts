/** Notices that the switch's dpd has started anew, and so with empty tables, long before the next pass would. */
import { dpdClient } from "@racklet/dpd-client/v1";
import { defineTask, type Task } from "@racklet/reconcile";
import type { World } from "@racklet/world";

/** What Nexus takes to heal a switch is as long. */
export const WATCH_PERIOD_MS = 2_000;

export interface DpdWatchOptions {
  readonly world: World;
  readonly dpdUrl: string;
  readonly deadlineMs: number;
  /** Called also when it answers again after it did not. */
  readonly onRestart: () => void;
}

export function dpdWatchTask({ world, dpdUrl, deadlineMs, onRestart }: DpdWatchOptions): Task<{ uptime_s: number }> {
  // Every version has it.
  const dpd = dpdClient({ baseUrl: dpdUrl, world, deadlineMs, retries: { attempts: 0 } });
  let uptime = 0;
  let isLost = false;
  return defineTask({
    name: "dpd_restarts",
    description: "asks the switch's dpd how long it has been up",
    periodMs: WATCH_PERIOD_MS,
    deadlineMs,
    run: async ({ signal }) => {
      const before = uptime;
      const wasLost = isLost;
      isLost = true;
      uptime = await dpd.dpd_uptime({}, { signal });
      isLost = false;
      if (uptime < before || wasLost) onRestart();
      return { uptime_s: uptime };
    },
  });
}
