/** Processes by number and the time they began, since numbers are used again. Linux only, as are those this is asked about. */
import { readFileSync } from "node:fs";
import type { Timers } from "@racklet/world";

export interface ProcessId {
  readonly pid: number;
  /** In the kernel's ticks. */
  readonly startedAt: number;
}

/** From SIGTERM to SIGKILL. */
const STOP_GRACE_MS = 2_000;
/** After that the kernel holds it, and nothing here can help. */
const GIVE_UP_MS = 5_000;
const POLL_MS = 20;

/** When the process began; undefined when there is none, or only its remains. */
export function startOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // It does not exist, which is an answer.
    return undefined;
  }
  // The command, second and in parentheses, may contain anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === "Z" || state === "X" ? undefined : Number(fields[19]);
}

export function isRunning({ pid, startedAt }: ProcessId): boolean {
  return startOf(pid) === startedAt;
}

/** Does nothing when it has ended. */
export function signalProcess(id: ProcessId, signal: "SIGTERM" | "SIGKILL"): void {
  if (!isRunning(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    // Between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Resolves when it is gone, or cannot be made to go. */
export async function stopProcess(id: ProcessId, { timers }: { readonly timers: Timers }): Promise<void> {
  signalProcess(id, "SIGTERM");
  for (let waitedMs = 0; isRunning(id) && waitedMs < GIVE_UP_MS; waitedMs += POLL_MS) {
    if (waitedMs === STOP_GRACE_MS) signalProcess(id, "SIGKILL");
    await timers.sleep(POLL_MS);
  }
}
