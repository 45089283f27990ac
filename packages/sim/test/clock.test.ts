import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simWorld, VirtualClock } from "../src/index.ts";

describe("the virtual clock", () => {
  test("stands still until it is driven, then moves by exactly what was asked", async () => {
    const clock = new VirtualClock({ startAt: 1_000 });
    let fired = false;
    clock.timers("svc").after(10, () => (fired = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([fired, clock.now(), clock.monotonicMs()]).toEqual([false, 1_000, 0]);
    await clock.advance(9);
    expect([fired, clock.now()]).toEqual([false, 1_009]);
    await clock.advance(1);
    expect([fired, clock.now(), clock.monotonicMs()]).toEqual([true, 1_010, 10]);
  });

  test("fires in order of time, then in order of scheduling, whatever the order of creation", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 60 }), async (delays) => {
        const clock = new VirtualClock();
        const fired: { ms: number; index: number }[] = [];
        delays.forEach((ms, index) => clock.timers("svc").after(ms, () => fired.push({ ms, index })));
        await clock.runUntilIdle();
        const sorted = delays.map((ms, index) => ({ ms, index })).sort((x, y) => x.ms - y.ms || x.index - y.index);
        expect(fired).toEqual(sorted);
      }),
      { numRuns: 50 },
    );
  });

  test("cancelled timers do not fire and leave the rest in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 60 }), async (plan) => {
        const clock = new VirtualClock();
        const fired: number[] = [];
        const cancels = plan.map(([ms], index) => clock.timers("svc").after(ms, () => fired.push(index)));
        plan.forEach(([, cancelled], index) => cancelled && cancels[index]?.());
        await clock.runUntilIdle();
        const kept = plan.flatMap(([ms, cancelled], index) => (cancelled ? [] : [{ ms, index }]));
        expect(fired).toEqual(kept.sort((x, y) => x.ms - y.ms || x.index - y.index).map(({ index }) => index));
      }),
      { numRuns: 50 },
    );
  });

  test("lets everything an event set off finish before the next event", async () => {
    const clock = new VirtualClock();
    const { sleep } = clock.timers("svc");
    const seen: string[] = [];
    const chain = async (name: string, ms: number): Promise<void> => {
      await sleep(ms);
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      seen.push(`${name} at ${clock.monotonicMs()}`);
    };
    const both = Promise.all([chain("slow", 5), chain("fast", 5), chain("later", 6)]);
    await clock.run(both);
    expect(seen).toEqual(["slow at 5", "fast at 5", "later at 6"]);
  });

  test("a sleep ends early with the reason of its signal, and leaves no timer behind", async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const { sleep, after } = clock.timers("svc");
    after(3, () => controller.abort(new Error("enough")));
    await expect(clock.run(sleep(1_000, controller.signal))).rejects.toThrow("enough");
    await expect(clock.run(sleep(1_000, controller.signal))).rejects.toThrow("enough");
    await clock.runUntilIdle();
    expect(clock.monotonicMs()).toBe(3);
  });

  test("runUntil stops at the event that makes it true, asking also with calls that take virtual time", async () => {
    const world = simWorld({ seed: 1, name: "svc" });
    let level = 0;
    for (let step = 1; step <= 10; step += 1) world.timers.after(step * 100, () => (level = step));
    await world.clock.runUntil(() => level === 3);
    expect(world.clock.monotonicMs()).toBe(300);
    await world.clock.runUntil(async () => {
      await world.timers.sleep(1);
      return level >= 5;
    });
    expect(level).toBe(5);
  });

  test("runUntil that is not reached says what was last seen, what comes next, and the seed", async () => {
    const world = simWorld({ seed: 4711, name: "nexus" });
    const tick = async (): Promise<void> => {
      for (;;) await world.timers.sleep(250);
    };
    void tick();
    const failure = world.clock.runUntil(() => false, {
      deadlineMs: 1_000,
      what: "three members",
      seen: () => ({ members: 2 }),
    });
    await expect(failure).rejects.toThrow(
      /within 1000 ms: three members\nlast seen: { members: 2 }\n.*1000 ms; seed 4711; next of 1:\n.*nexus: sleep 250 ms/,
    );
  });

  test("runUntilIdle refuses to run a periodic task for ever", async () => {
    const world = simWorld({ seed: 1, name: "dpd" });
    const tick = (): void => void world.timers.after(100, tick);
    tick();
    await expect(world.clock.runUntilIdle({ limitMs: 5_000 })).rejects.toThrow(
      /not idle after 5000 ms.*dpd: timer 100 ms/s,
    );
  });

  test("work that nothing can finish is an error, not a hang", async () => {
    const clock = new VirtualClock();
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow(
      /nothing due by its deadline can finish it.*nothing is scheduled/s,
    );
  });

  test("a second drive at the same time is refused", async () => {
    const clock = new VirtualClock();
    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow("already being driven");
    await first;
    expect(clock.monotonicMs()).toBe(10);
  });
});
