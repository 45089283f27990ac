/** What a background task is, and what can be seen of it. */

/** `timeout`: the period, or the pause after a failure, is over. `signaled`: somebody activated it. */
export type PassReason = "timeout" | "signaled";

export interface PassContext {
  /** Counts from 1 since the runner started. */
  readonly iteration: number;
  readonly reason: PassReason;
  /** Aborts at the pass's deadline, or when the runner stops. */
  readonly signal: AbortSignal;
}

export interface Task<Details> {
  readonly name: string;
  readonly description: string;
  /** From the end of one pass to the start of the next. */
  readonly periodMs: number;
  /** After this the pass's signal aborts; default 60 s. */
  readonly deadlineMs?: number;
  /** Brings what it looks after to the desired state, whatever it was. `Details` goes to operators as JSON. A throw is a failed pass. */
  run(context: PassContext): Promise<Details>;
}

export function defineTask<Details>(task: Task<Details>): Task<Details> {
  for (const [field, value] of Object.entries({ periodMs: task.periodMs, deadlineMs: task.deadlineMs ?? 1 })) {
    if (!(value > 0)) throw new RangeError(`${task.name}: ${field} must be above 0, is ${value}`);
  }
  return task;
}

export interface PassError {
  readonly name: string;
  readonly message: string;
}

interface Pass {
  readonly iteration: number;
  readonly reason: PassReason;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly elapsedMs: number;
}

/** `overdue`: it has not ended in spite of its deadline; no other pass begins before it does. */
export type RunningPass = Pass & { readonly overdue: boolean };
export type FailedPass = Pass & { readonly error: PassError };
export type CompletedPass = Pass & { readonly details: unknown };

export interface TaskStatus {
  readonly name: string;
  readonly description: string;
  readonly periodMs: number;
  /** Passes begun since the runner started. */
  readonly iterations: number;
  /** Null when idle. */
  readonly current: RunningPass | null;
  /** True when an activation waits for the pass under way to end. */
  readonly activated: boolean;
  /** The last pass that ended, either way. */
  readonly last: CompletedPass | FailedPass | null;
  readonly lastCompleted: CompletedPass | null;
  /** Stays after later passes succeed. */
  readonly lastFailed: FailedPass | null;
  readonly consecutiveFailures: number;
}
