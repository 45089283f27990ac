/** Repeats what may be repeated: a bounded number of times, after delays with full jitter, within the call's deadline. */
import type { Deadline } from "./deadline.ts";
import { ClientError } from "./errors.ts";
import type { ClientWorld, RetryOptions } from "./options.ts";

const DEFAULTS = { attempts: 2, baseMs: 100, maxMs: 2_000 };

export async function withRetries<T>(
  world: Pick<ClientWorld, "timers" | "random">,
  options: RetryOptions,
  deadline: Deadline,
  attempt: () => Promise<T>,
): Promise<T> {
  const { attempts, baseMs, maxMs } = { ...DEFAULTS, ...options };
  for (let retry = 0; ; retry++) {
    try {
      return await attempt();
    } catch (error) {
      if (retry >= attempts || !(error instanceof ClientError) || !error.retryable || deadline.signal.aborted)
        throw error;
      const delay = world.random.next() * Math.min(maxMs, baseMs * 2 ** Math.min(retry, 30));
      try {
        await world.timers.sleep(delay, deadline.signal);
      } catch (aborted) {
        // Out of time while waiting: what the last attempt met is the answer. The caller's own abort stays theirs.
        throw deadline.expired() ? error : aborted;
      }
    }
  }
}
