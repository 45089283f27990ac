/** Stopping a rack: the first signal asks, the second one does not. */
import { constants } from "node:os";
import type { Io } from "../cli/io.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

export interface Stop {
  /** Aborts when the rack is to stop. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly requested: Promise<void>;
  request(): void;
  /** 0 after being asked to stop, 128 + signal number after being forced. */
  exitCode(): number;
  release(): void;
}

/** One Ctrl-C may arrive twice: from the terminal and from the program that runs this one. */
const ONE_KEYSTROKE_MS = 300;

export function stopOnSignals(
  supervisor: Pick<Supervisor, "killAll">,
  io: Pick<Io, "onSignal" | "world">,
  onRequest: () => void,
): Stop {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  let firstAt = 0;
  let code = 0;
  const request = (): void => {
    if (controller.signal.aborted) return;
    firstAt = io.world.clock.monotonicMs();
    onRequest();
    controller.abort(new Error("the rack is stopping"));
  };
  const release = io.onSignal((name) => {
    if (!controller.signal.aborted) return request();
    if (io.world.clock.monotonicMs() - firstAt < ONE_KEYSTROKE_MS) return;
    code = 128 + (Object.entries(constants.signals).find(([each]) => each === name)?.[1] ?? 0);
    supervisor.killAll();
  });
  return { signal: controller.signal, requested, request, exitCode: () => code, release };
}
