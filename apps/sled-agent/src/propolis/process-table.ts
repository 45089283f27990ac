/** What the kernel says of a process. Linux only, as are the processes this is asked about. */
import { readFileSync } from "node:fs";

/** When the process began, in the kernel's ticks; undefined when there is none, or only its remains. */
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

export function isRunning({ pid, startedAt }: { readonly pid: number; readonly startedAt: number }): boolean {
  return startOf(pid) === startedAt;
}

/** Does nothing when it has ended. */
export function signalProcess(
  process_: { readonly pid: number; readonly startedAt: number },
  signal: "SIGTERM" | "SIGKILL",
): void {
  if (!isRunning(process_)) return;
  try {
    process.kill(process_.pid, signal);
  } catch (error) {
    // Between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
