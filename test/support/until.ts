/** Waits for a level instead of sleeping: asks until the answer is right, and says what it last saw when it never is. */
import { setTimeout as delay } from "node:timers/promises";

export interface UntilOptions {
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/** The value that `accept` took. What `look` throws counts as seen. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  accept: (seen: T) => boolean,
  { deadlineMs = 15_000, everyMs = 50 }: UntilOptions = {},
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    let seen: unknown;
    try {
      const value = await look();
      if (accept(value)) return value;
      seen = value;
    } catch (error) {
      seen = error;
    }
    if (performance.now() >= end) {
      const last = seen instanceof Error ? `${seen.name}: ${seen.message}` : JSON.stringify(seen, null, 1);
      throw new Error(`${what}: not so within ${deadlineMs} ms; last seen: ${last}`);
    }
    await delay(everyMs);
  }
}
