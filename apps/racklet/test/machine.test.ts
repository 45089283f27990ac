import { describe, expect, test } from "vitest";
import {
  GRACE_MS,
  INITIAL,
  MAX_DELAY_MS,
  STABLE_MS,
  step,
  type Phase,
  type ServiceEvent,
  type ServiceState,
} from "../src/supervisor/machine.ts";

const KILLED: ServiceEvent = { type: "exited", exit: { code: null, signal: "SIGKILL", lastLine: undefined } };

function take(state: ServiceState, event: ServiceEvent | ServiceEvent["type"], now = 0) {
  const result = step(state, typeof event === "string" ? ({ type: event } as ServiceEvent) : event, now);
  if ("refused" in result) throw new Error(result.refused);
  return result;
}

function after(...events: (ServiceEvent | Exclude<ServiceEvent["type"], "exited">)[]): ServiceState {
  return events.reduce<ServiceState>((state, event) => take(state, event).state, INITIAL);
}

const IN: Readonly<Record<Phase, ServiceState>> = {
  stopped: INITIAL,
  starting: after("start"),
  running: after("start", "listening"),
  paused: after("start", "listening", "pause"),
  waiting: after("start", "listening", KILLED),
  stopping: after("start", "listening", "stop"),
};

describe("a service", () => {
  test.each<[Phase, Exclude<ServiceEvent["type"], "exited">, string]>([
    ["stopped", "start", "starting: launch"],
    ["waiting", "start", "starting: clear-timer, launch"],
    ["running", "stop", `stopping: SIGTERM, timer ${GRACE_MS}`],
    ["starting", "stop", `stopping: SIGTERM, timer ${GRACE_MS}`],
    ["paused", "stop", `stopping: SIGTERM, SIGCONT, timer ${GRACE_MS}`],
    ["waiting", "stop", "stopped: clear-timer"],
    ["running", "kill", "running: SIGKILL"],
    ["paused", "kill", "paused: SIGKILL"],
    ["stopping", "kill", "stopping: SIGKILL"],
    ["running", "pause", "paused: SIGSTOP"],
    ["paused", "resume", "running: SIGCONT"],
    ["starting", "listening", "running: "],
    ["paused", "listening", "paused: "],
    ["waiting", "timer", "starting: launch"],
    ["stopping", "timer", "stopping: SIGKILL"],
    ["running", "timer", "running: "],
  ])("that is %s, on %s, is %s", (phase, event, expected) => {
    const { state, effects } = take(IN[phase], event);
    const done = effects.map((effect) => {
      if (effect.type === "signal") return effect.signal;
      return effect.type === "set-timer" ? `timer ${effect.ms}` : effect.type;
    });
    expect(`${state.phase}: ${done.join(", ")}`).toBe(expected);
  });

  test.each<[Phase, Exclude<ServiceEvent["type"], "exited">, string]>([
    ["running", "start", "it is running already"],
    ["stopping", "start", "it is still stopping"],
    ["stopped", "stop", "it is stopped already"],
    ["stopped", "kill", "it is stopped"],
    ["waiting", "kill", "it is down and about to be restarted"],
    ["paused", "pause", "it is paused"],
    ["running", "resume", "it is running, not paused"],
  ])("that is %s refuses %s: %s", (phase, event, reason) => {
    expect(step(IN[phase], { type: event }, 0)).toEqual({ refused: reason });
  });

  test("that keeps dying waits longer each time, up to a limit, and at once again after a stable run", () => {
    let state = INITIAL;
    const delays: number[] = [];
    let now = 0;
    state = take(state, "start", now).state;
    const die = () => {
      const { state: next, effects } = take(state, KILLED, now);
      const timer = effects.find((effect) => effect.type === "set-timer");
      if (timer?.type === "set-timer") delays.push(timer.ms);
      state = take(next, "timer", now).state;
    };
    for (let death = 0; death < 9; death++) die();
    expect(delays).toEqual([50, 100, 200, 400, 800, 1600, 3200, MAX_DELAY_MS, MAX_DELAY_MS]);
    now += STABLE_MS;
    die();
    expect(delays.at(-1)).toBe(50);
    expect(state.restarts).toBe(10);
  });

  test("that an operator keeps killing comes back as soon each time", () => {
    let { state } = take(INITIAL, "start");
    for (let death = 0; death < 3; death++) {
      const { state: dead, effects } = take(take(state, "kill").state, KILLED);
      expect(effects).toEqual([{ type: "set-timer", ms: 50 }]);
      state = take(dead, "timer").state;
    }
  });

  test("that was stopped stays down whatever it ends with, and says how it ended", () => {
    const { state, effects } = take(IN.stopping, KILLED);
    expect(state).toMatchObject({ phase: "stopped", restarts: 0, lastExit: { signal: "SIGKILL" } });
    expect(effects).toEqual([{ type: "clear-timer" }]);
  });

  test("that was paused before it listened is starting when it goes on", () => {
    expect(after("start", "pause", "resume").phase).toBe("starting");
    expect(after("start", "pause", "listening", "resume").phase).toBe("running");
  });
});
