/**
 * One task's loop: a pass, then a wait for the period, the pause after a failure, or an activation, whichever comes
 * first. Never two passes at once; nothing a pass does ends the loop.
 */
import { backoffMs, deadlineSignal, type World } from "@racklet/world";
import type { CompletedPass, FailedPass, PassError, PassReason, RunningPass, Task, TaskStatus } from "./task.ts";

const DEFAULT_DEADLINE_MS = 60_000;
/** A failed pass is repeated sooner than its period, but not at once. */
const FAILURE_BASE_MS = 1_000;

export class TaskLoop {
  readonly task: Task<unknown>;
  readonly #world: World;
  readonly #stop = new AbortController();
  #iterations = 0;
  #activated = false;
  #failures = 0;
  #current: { pass: Omit<RunningPass, "elapsedMs" | "overdue">; since: number; signal: AbortSignal } | undefined;
  #lastCompleted: CompletedPass | null = null;
  #lastFailed: FailedPass | null = null;
  /** Ends the wait between passes. */
  #wake: ((reason: PassReason) => void) | undefined;
  #ended = Promise.withResolvers<void>();
  #loop: Promise<void> | undefined;

  constructor(task: Task<unknown>, world: World) {
    this.task = task;
    this.#world = world;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Aborts the pass under way; resolves when it has ended. */
  stop(): Promise<void> {
    this.#stop.abort(new DOMException("the service is stopping", "AbortError"));
    this.#wake?.("timeout");
    this.#ended.resolve();
    return this.#loop ?? Promise.resolve();
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Resolves at the end of the next pass to end, or when the loop stops. */
  passEnd(): Promise<void> {
    return this.#ended.promise;
  }

  activate(): void {
    this.#activated = true;
    this.#wake?.("signaled");
  }

  status(): TaskStatus {
    const { name, description, periodMs } = this.task;
    const completed = this.#lastCompleted;
    const failed = this.#lastFailed;
    return {
      name,
      description,
      periodMs,
      iterations: this.#iterations,
      current: this.#running(),
      activated: this.#activated,
      last: (completed?.iteration ?? 0) > (failed?.iteration ?? 0) ? completed : failed,
      lastCompleted: completed,
      lastFailed: failed,
      consecutiveFailures: this.#failures,
    };
  }

  #running(): RunningPass | null {
    if (!this.#current) return null;
    const { pass, since, signal } = this.#current;
    return { ...pass, elapsedMs: this.#world.clock.monotonicMs() - since, overdue: signal.aborted };
  }

  async #run(): Promise<void> {
    let reason: PassReason = "timeout";
    while (!this.stopped) {
      await this.#pass(reason);
      if (!this.stopped) reason = await this.#wait();
    }
  }

  #wait(): Promise<PassReason> {
    const { random, timers } = this.#world;
    // Passes that need no input and ask for another each time would leave the rest of the process no turn.
    if (this.#activated) return timers.yield().then(() => "signaled");
    const { periodMs } = this.task;
    const pause = backoffMs(random, this.#failures - 1, { baseMs: FAILURE_BASE_MS, maxMs: periodMs });
    const { promise, resolve } = Promise.withResolvers<PassReason>();
    const cancel = timers.after(this.#failures > 0 ? pause : periodMs, () => resolve("timeout"));
    this.#wake = resolve;
    return promise.finally(() => {
      this.#wake = undefined;
      cancel();
    });
  }

  async #pass(reason: PassReason): Promise<void> {
    const { clock, timers, log } = this.#world;
    const { name, deadlineMs = DEFAULT_DEADLINE_MS } = this.task;
    // From here on the pass reads the state of the world; an activation from here on needs another pass.
    this.#activated = false;
    const pass = { iteration: ++this.#iterations, reason, startedAt: new Date(clock.now()).toISOString() };
    const since = clock.monotonicMs();
    const { signal, cancel } = deadlineSignal(timers, deadlineMs, this.#stop.signal);
    this.#current = { pass, since, signal };
    try {
      const details = await this.task.run({ iteration: pass.iteration, reason, signal });
      this.#lastCompleted = { ...pass, elapsedMs: clock.monotonicMs() - since, details };
      this.#failures = 0;
    } catch (error) {
      // A pass that ends because the service does has not failed.
      if (this.stopped) return;
      const late = signal.aborted ? `the pass did not end within ${deadlineMs} ms: ` : "";
      this.#lastFailed = { ...pass, elapsedMs: clock.monotonicMs() - since, error: passError(error, late) };
      this.#failures++;
      log.warn(
        { task: name, iteration: pass.iteration, failures: this.#failures, err: error },
        "background task failed",
      );
    } finally {
      cancel();
      this.#current = undefined;
      this.#ended.resolve();
      if (!this.stopped) this.#ended = Promise.withResolvers();
    }
  }
}

function passError(error: unknown, prefix: string): PassError {
  if (!(error instanceof Error)) return { name: "Error", message: prefix + String(error) };
  return { name: error.name, message: prefix + error.message };
}
