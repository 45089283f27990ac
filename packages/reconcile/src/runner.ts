/** The background tasks of a program: starts, activates and shows them, and waits for what they do. */
import type { World } from "@racklet/world";
import type { CompletedPass, Task, TaskStatus } from "./task.ts";
import { TaskLoop } from "./task-loop.ts";

export interface TaskRunnerOptions {
  readonly world: World;
  readonly tasks: readonly Task<unknown>[];
}

export interface WaitOptions {
  readonly deadlineMs: number;
  /** Waits for a pass after this iteration; default: for one that begins after the call. */
  readonly since?: number;
  /** Activates the task first; default false. */
  readonly activate?: boolean;
}

export class UnknownTaskError extends Error {
  override readonly name = "UnknownTaskError";
}

export class TaskWaitError extends Error {
  override readonly name = "TaskWaitError";
  /** The task as it was when the wait ended. */
  readonly status: TaskStatus;

  constructor(message: string, status: TaskStatus) {
    super(`${message}; ${describe(status)}`);
    this.status = status;
  }
}

export class TaskRunner {
  readonly #world: World;
  readonly #loops: ReadonlyMap<string, TaskLoop>;

  constructor({ world, tasks }: TaskRunnerOptions) {
    this.#world = world;
    this.#loops = new Map(tasks.map((task) => [task.name, new TaskLoop(task, world)]));
    if (this.#loops.size !== tasks.length) throw new Error("two tasks have the same name");
  }

  /** Every task's first pass begins at once. */
  start(): void {
    for (const loop of this.#loops.values()) loop.start();
  }

  /** Aborts the passes under way and waits at most `deadlineMs` for them to end. Waits of `waitFor` are refused. */
  async stop({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#world.timers.after(deadlineMs, resolve);
    await Promise.race([Promise.all([...this.#loops.values()].map((loop) => loop.stop())), late]);
    cancel();
    const running = this.list().filter((status) => status.current);
    if (running.length === 0) return;
    this.#world.log.warn({ tasks: running.map((status) => status.name) }, "stopped while passes were still running");
  }

  /** One more pass begins as soon as none is running; any number of activations until then ask for the same one. */
  activate(name: string): void {
    this.#get(name).activate();
  }

  /** Throws UnknownTaskError. */
  status(name: string): TaskStatus {
    return this.#get(name).status();
  }

  /** In the order of their definition. */
  list(): TaskStatus[] {
    return [...this.#loops.values()].map((loop) => loop.status());
  }

  /**
   * Resolves when a pass that began after this call has succeeded: whatever was true at the call it has seen. Failed
   * passes are waited through. Throws TaskWaitError, which says what was seen last, at the deadline or when the runner stops.
   */
  async waitFor(name: string, { deadlineMs, since, activate = false }: WaitOptions): Promise<CompletedPass> {
    const loop = this.#get(name);
    const after = since ?? loop.status().iterations;
    if (activate) loop.activate();
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const cancel = this.#world.timers.after(deadlineMs, () => resolve("late"));
    try {
      for (;;) {
        const { lastCompleted } = loop.status();
        if (lastCompleted && lastCompleted.iteration > after) return lastCompleted;
        if (loop.stopped) throw new TaskWaitError(`${name} is stopping`, loop.status());
        if ((await Promise.race([loop.passEnd(), late])) === "late") {
          const wanted = `no pass of ${name} after number ${after} succeeded within ${deadlineMs} ms`;
          throw new TaskWaitError(wanted, loop.status());
        }
      }
    } finally {
      cancel();
    }
  }

  #get(name: string): TaskLoop {
    const loop = this.#loops.get(name);
    if (!loop) throw new UnknownTaskError(`there is no background task ${name}`);
    return loop;
  }
}

function describe({ current, last, lastFailed }: TaskStatus): string {
  const now = current ? `number ${current.iteration} has been running for ${Math.round(current.elapsedMs)} ms` : "idle";
  if (!last) return `${now}, none has ended yet`;
  const failed = last === lastFailed ? `failed: ${lastFailed.error.message}` : "succeeded";
  return `${now}, number ${last.iteration} ${failed}`;
}
