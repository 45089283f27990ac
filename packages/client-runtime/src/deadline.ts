/** One signal for a call: it ends when the deadline passes or when any of the caller's signals does. */
import type { ClientWorld } from "./options.ts";

export interface Deadline {
  readonly signal: AbortSignal;
  /** The deadline passed, as opposed to the caller giving up. */
  expired(): boolean;
  /** Rejects when the signal aborts: for work that does not heed signals itself. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Frees the timer and the listeners. Call it when the call is over. */
  cancel(): void;
}

export function startDeadline(
  timers: ClientWorld["timers"],
  ms: number,
  outer: readonly (AbortSignal | undefined)[],
): Deadline {
  const controller = new AbortController();
  let expired = false;
  const expire = (): void => {
    expired = true;
    controller.abort(new DOMException(`no answer within ${ms} ms`, "TimeoutError"));
  };
  const cancelTimer = ms === Number.POSITIVE_INFINITY ? () => undefined : timers.after(ms, expire);
  const listeners = outer.flatMap((signal) => {
    if (signal === undefined) return [];
    const onAbort = () => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return [() => signal.removeEventListener("abort", onAbort)];
  });
  return {
    signal: controller.signal,
    expired: () => expired,
    race: (work) => raceAbort(work, controller.signal),
    cancel: () => {
      cancelTimer();
      for (const remove of listeners) remove();
    },
  };
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
