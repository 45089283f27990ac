/** The platform's clock, timers, randomness and network, for users of the SDKs who bring none. Nothing else touches globals. */
import type { ClientWorld } from "./options.ts";

const silent: ClientWorld["log"] = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};

export const ambientWorld: ClientWorld = {
  clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
  random: {
    next: () => Math.random(),
    bytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
  },
  timers: {
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error);
        const onAbort = () => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        }, ms);
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
    after: (ms, fn) => {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
    yield: () => new Promise<void>((resolve) => void setTimeout(resolve, 0)),
  },
  fetch: (input) => {
    // It would be sent as another method.
    if (input.method === "GET" && input.body !== null) {
      throw new TypeError("the platform's fetch cannot send a GET with a body: give the client a world that can");
    }
    return globalThis.fetch(input);
  },
  log: silent,
};
