import type { Random } from "./types.ts";

export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Full-jitter exponential back-off: a uniform delay in [0, min(maxMs, baseMs · 2^attempt)); `attempt` counts from 0. */
export function backoffMs(random: Random, attempt: number, { baseMs, maxMs }: BackoffOptions): number {
  return random.next() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
}
