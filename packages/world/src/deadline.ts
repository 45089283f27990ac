import type { Timers } from "./types.ts";

/**
 * A signal that aborts after `ms` with a TimeoutError, or when `outer` aborts. Call `cancel` when the work is done,
 * so that nothing is left in the timer queue.
 */
export function deadlineSignal(
  timers: Timers,
  ms: number,
  outer?: AbortSignal,
): { signal: AbortSignal; cancel: () => void } {
  const controller = new AbortController();
  const cancelTimer = timers.after(ms, () =>
    controller.abort(new DOMException(`no answer within ${ms} ms`, "TimeoutError")),
  );
  const onAbort = () => controller.abort(outer?.reason);
  if (outer?.aborted) onAbort();
  else outer?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    cancel: () => {
      cancelTimer();
      outer?.removeEventListener("abort", onAbort);
    },
  };
}
