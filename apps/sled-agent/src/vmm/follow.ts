/** Follows what a backend shows of its VM, generation by generation. */
import { backoffMs, type World } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import type { VmmBackend } from "./backend.ts";
import { endsVmm } from "./backend-errors.ts";
import type { Observation } from "./status.ts";

const BACKOFF = { baseMs: 50, maxMs: 5_000 };

export interface FollowOptions {
  readonly world: Pick<World, "timers" | "random" | "log">;
  readonly propolisId: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Takes what is seen; false when that is enough. */
  readonly seen: (observation: Observation) => boolean;
}

/**
 * Resolves with undefined when it was told that it is enough, or by the signal; with the error when there is no VM any more
 * behind the backend. A backend that only does not answer is asked again, by and by less often. Never rejects.
 */
export async function follow(backend: VmmBackend, options: FollowOptions): Promise<unknown> {
  const { world, propolisId, signal, seen } = options;
  let gen = 0;
  for (let attempt = 0; !signal.aborted;) {
    try {
      const observation = await backend.monitor(gen, signal);
      if (signal.aborted || !seen(observation)) return undefined;
      gen = observation.gen + 1;
      attempt = 0;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (endsVmm(error)) return error;
      world.log.warn({ propolis_id: propolisId, reason: reasonOf(error) }, "cannot watch the VMM; trying again");
      const pause = backoffMs(world.random, attempt, BACKOFF);
      attempt += 1;
      await world.timers.sleep(pause, signal).catch(() => undefined);
    }
  }
  return undefined;
}
