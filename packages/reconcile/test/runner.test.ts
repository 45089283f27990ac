import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineTask, TaskRunner, TaskWaitError, UnknownTaskError, type PassContext } from "../src/index.ts";
import { fakeWorld, type FakeWorld } from "./fake-world.ts";

let world: FakeWorld;
let runner: TaskRunner;
/** Of every pass so far: when it began and why. */
let passes: { at: number; reason: string; context: PassContext }[];
/** What the next passes do; a pass without one succeeds at once. */
let script: (() => Promise<unknown>)[];

const task = defineTask({
  name: "nat",
  description: "pushes NAT entries",
  periodMs: 10_000,
  deadlineMs: 2_000,
  run: async (context) => {
    passes.push({ at: world.clock.now(), reason: context.reason, context });
    return (await script.shift()?.()) ?? { pass: context.iteration };
  },
});

beforeEach(() => {
  world = fakeWorld();
  passes = [];
  script = [];
  runner = new TaskRunner({ world, tasks: [task] });
});
afterEach(async () => {
  const stopped = runner.stop({ deadlineMs: 1 });
  await world.advance(1);
  await stopped;
});

const begun = () => passes.map(({ at, reason }) => [at, reason]);
const gate = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { wait: () => promise, open: () => resolve() };
};

describe("a background task", () => {
  it("runs at the start and then every period, counted from the end of the last pass", async () => {
    const slow = gate();
    script = [slow.wait];
    runner.start();
    await world.advance(1_500);
    slow.open();
    await world.advance(21_000);
    expect(begun()).toEqual([
      [0, "timeout"],
      [11_500, "timeout"],
      [21_500, "timeout"],
    ]);
  });

  it("runs at once when activated, and counts the period anew", async () => {
    runner.start();
    await world.advance(4_000);
    runner.activate("nat");
    await world.advance(9_999);
    expect(begun().slice(1)).toEqual([[4_000, "signaled"]]);
    await world.advance(1);
    expect(begun().slice(2)).toEqual([[14_000, "timeout"]]);
  });

  it("runs exactly once more however often it is activated during a pass", async () => {
    const slow = gate();
    script = [slow.wait];
    runner.start();
    await world.advance(10);
    for (let i = 0; i < 5; i++) runner.activate("nat");
    expect(runner.status("nat")).toMatchObject({
      iterations: 1,
      activated: true,
      current: { iteration: 1, elapsedMs: 10 },
    });
    slow.open();
    await world.advance(100);
    expect(begun()).toEqual([
      [0, "timeout"],
      [10, "signaled"],
    ]);
    expect(runner.status("nat")).toMatchObject({ activated: false, current: null });
  });

  it("leaves others their turn though every pass asks for the next", async () => {
    let passesSoFar = 0;
    const restless = new TaskRunner({
      world,
      tasks: [
        defineTask({
          name: "restless",
          description: "is never done",
          periodMs: 10_000,
          run: async () => {
            passesSoFar += 1;
            // The end of a test that fails: it would never be over.
            if (passesSoFar < 1_000) restless.activate("restless");
            return {};
          },
        }),
      ],
    });
    restless.start();
    await world.timers.yield();
    expect(passesSoFar).toBeLessThan(10);
    await restless.stop({ deadlineMs: 1 });
  });

  it("goes on after failures, sooner than its period, with pauses that grow up to it", async () => {
    const fail = () => Promise.reject(new TypeError("switch1 unreachable"));
    script = [fail, fail, fail, fail, fail, fail, fail];
    runner.start();
    await world.advance(30_000);
    // Half of 1, 2, 4, 8, then of the period.
    expect(begun().map(([at]) => at)).toEqual([0, 500, 1_500, 3_500, 7_500, 12_500, 17_500, 22_500]);
    expect(runner.status("nat")).toMatchObject({
      consecutiveFailures: 0,
      last: { iteration: 8, details: { pass: 8 } },
      lastFailed: { iteration: 7, error: { name: "TypeError", message: "switch1 unreachable" } },
    });
  });

  it("survives a run that throws before its first await, or throws no Error", async () => {
    const rude = {
      ...task,
      run: () => {
        // A task that throws something odd, synchronously, is what this is about.
        throw "odd"; // oxlint-disable-line no-throw-literal
      },
    };
    runner = new TaskRunner({ world, tasks: [rude] });
    runner.start();
    await world.advance(600);
    expect(runner.status("nat")).toMatchObject({ iterations: 2, last: { error: { message: "odd" } } });
  });

  it("aborts a pass at its deadline, shows it as overdue, and begins no other before it ends", async () => {
    const stubborn = gate();
    script = [stubborn.wait];
    runner.start();
    await world.advance(1_999);
    expect(passes[0]?.context.signal.aborted).toBe(false);
    await world.advance(10_001);
    expect(passes[0]?.context.signal.aborted).toBe(true);
    runner.activate("nat");
    await world.advance(50_000);
    expect(runner.status("nat")).toMatchObject({ iterations: 1, current: { overdue: true } });
    stubborn.open();
    await world.advance(0);
    expect(runner.status("nat")).toMatchObject({ iterations: 2, current: null });
  });

  it("says that the deadline was the reason when the aborted pass fails", async () => {
    script = [
      () =>
        new Promise((_resolve, reject) => {
          const signal = passes[0]?.context.signal;
          signal?.addEventListener("abort", () => reject(new Error("socket closed")));
        }),
    ];
    runner.start();
    await world.advance(2_000);
    expect(runner.status("nat").lastFailed?.error.message).toBe("the pass did not end within 2000 ms: socket closed");
  });

  it("shows what it is, and nothing of passes before the first", () => {
    expect(runner.list()).toEqual([
      {
        name: "nat",
        description: "pushes NAT entries",
        periodMs: 10_000,
        iterations: 0,
        current: null,
        activated: false,
        last: null,
        lastCompleted: null,
        lastFailed: null,
        consecutiveFailures: 0,
      },
    ]);
  });

  it("must have a period above zero and a name of its own", () => {
    expect(() => defineTask({ ...task, periodMs: 0 })).toThrow("nat: periodMs must be above 0, is 0");
    expect(() => new TaskRunner({ world, tasks: [task, task] })).toThrow("same name");
    expect(() => runner.activate("dns")).toThrow(UnknownTaskError);
  });
});

describe("waiting for a task", () => {
  it("is not content with the pass that was already running", async () => {
    const slow = gate();
    script = [slow.wait];
    runner.start();
    await world.advance(0);
    const waited = runner.waitFor("nat", { deadlineMs: 5_000, activate: true });
    slow.open();
    await world.advance(0);
    expect(await waited).toMatchObject({ iteration: 2, reason: "signaled", details: { pass: 2 } });
  });

  it("is over at once when a pass after the given one has succeeded", async () => {
    runner.start();
    await world.advance(0);
    expect(await runner.waitFor("nat", { since: 0, deadlineMs: 1 })).toMatchObject({ iteration: 1 });
  });

  it("lasts through failed passes", async () => {
    script = [async () => ({}), () => Promise.reject(new Error("no"))];
    runner.start();
    await world.advance(0);
    const waited = runner.waitFor("nat", { deadlineMs: 5_000, activate: true });
    await world.advance(1_000);
    expect(await waited).toMatchObject({ iteration: 3 });
  });

  it("ends at its deadline and says what was seen last", async () => {
    script = [() => Promise.reject(new Error("switch1 unreachable")), () => gate().wait()];
    runner.start();
    await world.advance(0);
    const waited = runner.waitFor("nat", { deadlineMs: 1_000 });
    const expected = expect(waited).rejects.toThrow(
      "no pass of nat after number 1 succeeded within 1000 ms; " +
        "number 2 has been running for 500 ms, number 1 failed: switch1 unreachable",
    );
    await world.advance(1_000);
    await expected;
  });

  it("ends when the runner stops", async () => {
    runner.start();
    await world.advance(0);
    const waited = expect(runner.waitFor("nat", { deadlineMs: 5_000 })).rejects.toThrow(TaskWaitError);
    await runner.stop({ deadlineMs: 100 });
    await waited;
  });
});

describe("stopping", () => {
  it("aborts the pass under way, does not call that a failure, and leaves no timer", async () => {
    script = [
      () =>
        new Promise((_resolve, reject) => {
          const signal = passes[0]?.context.signal;
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
    ];
    runner.start();
    await world.advance(0);
    await runner.stop({ deadlineMs: 100 });
    expect(runner.status("nat")).toMatchObject({ current: null, last: null });
    expect(world.timersPending()).toBe(0);
    await world.advance(60_000);
    expect(passes).toHaveLength(1);
  });

  it("does not wait for ever for a pass that ignores its signal", async () => {
    script = [() => gate().wait()];
    runner.start();
    await world.advance(0);
    const stopped = runner.stop({ deadlineMs: 100 });
    await world.advance(100);
    await stopped;
    expect(runner.status("nat").current).toMatchObject({ iteration: 1 });
  });
});

it("lets a pass begin after every activation, never two at once, whatever the timing", async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant("activate" as const) }),
      fc.record({ do: fc.constant("advance" as const), ms: fc.nat(15_000) }),
      fc.record({ do: fc.constant("plan" as const), ms: fc.nat(3_000), fails: fc.boolean() }),
    ),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      world = fakeWorld();
      let running = 0;
      let lastBegun = -1;
      let next = { ms: 0, fails: false };
      const timed = defineTask({
        ...task,
        deadlineMs: 5_000,
        run: async () => {
          expect(++running).toBe(1);
          lastBegun = world.clock.now();
          const { ms, fails } = next;
          const { promise, resolve } = Promise.withResolvers<void>();
          world.timers.after(ms, resolve);
          await promise;
          running--;
          if (fails) throw new Error("planned");
        },
      });
      const one = new TaskRunner({ world, tasks: [timed] });
      one.start();
      let activatedAt = -1;
      for (const step of plan) {
        if (step.do === "plan") next = step;
        else if (step.do === "advance") await world.advance(step.ms);
        else {
          one.activate("nat");
          activatedAt = world.clock.now();
        }
      }
      // Longer than any pass: the one after the last activation has begun by then.
      await world.advance(3_001);
      expect(lastBegun).toBeGreaterThanOrEqual(activatedAt);
      const before = one.status("nat").iterations;
      await world.advance(13_001);
      expect(one.status("nat").iterations).toBeGreaterThan(before);
      const stopped = one.stop({ deadlineMs: 5_000 });
      await world.advance(5_000);
      await stopped;
      expect(running).toBe(0);
    }),
    { numRuns: 200 },
  );
});
