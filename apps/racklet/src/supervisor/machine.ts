/**
 * The life of one service as a pure function: state and event to state and effects. The supervisor carries the effects out.
 * A service that dies comes back after a delay that doubles while it keeps dying early; one that was stopped stays down.
 */
import type { Exit, Signal } from "./types.ts";

export type Phase = "stopped" | "starting" | "running" | "paused" | "waiting" | "stopping";

export interface ServiceState {
  readonly phase: Phase;
  /** It said that it listens, in this run. */
  readonly hasListened: boolean;
  /** Monotonic time at which the run began. */
  readonly startedAt: number;
  /** Deaths in a row without having been up for `STABLE_MS`. */
  readonly earlyDeaths: number;
  /** An operator killed this run: its death says nothing about the service's health. */
  readonly killed: boolean;
  /** How often it was brought back. */
  readonly restarts: number;
  readonly lastExit: Exit | undefined;
}

export type ServiceEvent =
  | { readonly type: "start" | "stop" | "kill" | "pause" | "resume" | "listening" }
  | { readonly type: "exited"; readonly exit: Exit }
  | { readonly type: "timer" };

export type Effect =
  | { readonly type: "launch" }
  | { readonly type: "signal"; readonly signal: Signal }
  /** Deliver `timer` after `ms`; there is one timer, a later one replaces it. */
  | { readonly type: "set-timer"; readonly ms: number }
  | { readonly type: "clear-timer" };

export type Step = { readonly state: ServiceState; readonly effects: readonly Effect[] } | { readonly refused: string };

export const STABLE_MS = 10_000;
export const MIN_DELAY_MS = 50;
export const MAX_DELAY_MS = 5_000;
/** From SIGTERM to SIGKILL. */
export const GRACE_MS = 5_000;

export const INITIAL: ServiceState = {
  phase: "stopped",
  hasListened: false,
  startedAt: 0,
  earlyDeaths: 0,
  killed: false,
  restarts: 0,
  lastExit: undefined,
};

/** `now`: monotonic milliseconds. */
export function step(state: ServiceState, event: ServiceEvent, now: number): Step {
  switch (event.type) {
    case "start":
      return start(state, now);
    case "stop":
      return stop(state);
    case "kill":
      if (!isUp(state)) return { refused: notUp(state) };
      return { state: { ...state, killed: true }, effects: [signal("SIGKILL")] };
    case "pause":
      return pause(state);
    case "resume":
      if (state.phase !== "paused") return { refused: `it is ${state.phase}, not paused` };
      return { state: { ...state, phase: state.hasListened ? "running" : "starting" }, effects: [signal("SIGCONT")] };
    case "listening":
      return {
        state: { ...state, hasListened: true, phase: state.phase === "starting" ? "running" : state.phase },
        effects: [],
      };
    case "exited":
      return exited(state, event.exit, now);
    case "timer":
      if (state.phase === "waiting") return launch({ ...state, restarts: state.restarts + 1 }, now);
      return { state, effects: state.phase === "stopping" ? [signal("SIGKILL")] : [] };
  }
}

function start(state: ServiceState, now: number): Step {
  if (state.phase === "stopped") return launch({ ...state, earlyDeaths: 0 }, now);
  if (state.phase === "waiting") {
    const { state: next, effects } = launch({ ...state, earlyDeaths: 0, restarts: state.restarts + 1 }, now);
    return { state: next, effects: [{ type: "clear-timer" }, ...effects] };
  }
  return { refused: state.phase === "stopping" ? "it is still stopping" : `it is ${state.phase} already` };
}

function stop(state: ServiceState): Step {
  if (state.phase === "stopped" || state.phase === "stopping") return { refused: `it is ${state.phase} already` };
  if (state.phase === "waiting") return { state: { ...state, phase: "stopped" }, effects: [{ type: "clear-timer" }] };
  // A paused process takes notice of SIGTERM only when it goes on.
  const wake = state.phase === "paused" ? [signal("SIGCONT")] : [];
  return {
    state: { ...state, phase: "stopping" },
    effects: [signal("SIGTERM"), ...wake, { type: "set-timer", ms: GRACE_MS }],
  };
}

function pause(state: ServiceState): Step {
  if (state.phase !== "running" && state.phase !== "starting") return { refused: `it is ${state.phase}` };
  return { state: { ...state, phase: "paused" }, effects: [signal("SIGSTOP")] };
}

function exited(state: ServiceState, exit: Exit, now: number): Step {
  if (state.phase === "stopping") {
    return { state: { ...state, phase: "stopped", lastExit: exit }, effects: [{ type: "clear-timer" }] };
  }
  const earlyDeaths = state.killed || now - state.startedAt >= STABLE_MS ? 0 : state.earlyDeaths;
  return {
    state: { ...state, phase: "waiting", earlyDeaths: earlyDeaths + 1, lastExit: exit },
    effects: [{ type: "set-timer", ms: Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** Math.min(earlyDeaths, 20)) }],
  };
}

function launch(state: ServiceState, now: number): { state: ServiceState; effects: Effect[] } {
  const begun = { phase: "starting", hasListened: false, killed: false, startedAt: now } as const;
  return { state: { ...state, ...begun }, effects: [{ type: "launch" }] };
}

function signal(name: Signal): Effect {
  return { type: "signal", signal: name };
}

function isUp({ phase }: ServiceState): boolean {
  return phase !== "stopped" && phase !== "waiting";
}

function notUp({ phase }: ServiceState): string {
  return phase === "waiting" ? "it is down and about to be restarted" : "it is stopped";
}
