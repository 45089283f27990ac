import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isGetWithBody, sendGetWithBody } from "./get-with-body.ts";
import { createLog, type LogOptions } from "./log.ts";
import type { World } from "./types.ts";

export interface RealWorldOptions {
  /** Names the process in every log line, for example `dpd/switch0`. */
  readonly name: string;
  readonly log?: LogOptions;
}

/** The World of a running service: system clock, cryptographic randomness, real timers and the global fetch. */
export function realWorld(options: RealWorldOptions): World {
  return {
    clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
    random: { next: () => Math.random(), bytes: (length) => randomBytes(length) },
    ids: { uuid: () => randomUUID() },
    timers: {
      sleep: (ms, signal) =>
        delay(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
          // Node rejects with an AbortError of its own; callers are promised the reason they aborted with.
          throw signal?.aborted === true ? signal.reason : error;
        }),
      after: (ms, fn) => {
        const timer = setTimeout(fn, ms);
        timer.unref();
        return () => clearTimeout(timer);
      },
      yield: () => new Promise((resolve) => setImmediate(resolve)),
    },
    fetch: (input) => (isGetWithBody(input) ? sendGetWithBody(input) : globalThis.fetch(input)),
    log: createLog({ name: options.name, ...options.log }),
  };
}
