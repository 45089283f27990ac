import { realWorld, type World } from "@racklet/world";

export interface FakeWorld extends World {
  /** Fires what is due within `ms`, in order, letting everything it sets off settle in between. */
  advance(ms: number): Promise<void>;
  readonly timersPending: () => number;
}

/** Time that moves only by `advance`; random numbers that are all one half. */
export function fakeWorld(): FakeWorld {
  const real = realWorld({ name: "test" });
  // A pass that was asked for during another begins a turn later.
  const settle = async () => {
    for (let turn = 0; turn < 2; turn++) await real.timers.yield();
  };
  const due = new Map<object, { at: number; fn: () => void }>();
  let now = 0;
  return {
    ...real,
    clock: { now: () => now, monotonicMs: () => now },
    random: { ...real.random, next: () => 0.5 },
    timers: {
      ...real.timers,
      sleep: () => Promise.reject(new Error("the runner uses `after` only")),
      after(ms, fn) {
        const key = {};
        due.set(key, { at: now + ms, fn });
        return () => due.delete(key);
      },
    },
    timersPending: () => due.size,
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...due].sort(([, a], [, b]) => a.at - b.at);
        if (!next || next[1].at > end) break;
        due.delete(next[0]);
        now = next[1].at;
        next[1].fn();
        await settle();
      }
      now = end;
    },
  };
}
