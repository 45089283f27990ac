/** Services as processes of their own. Their output goes to log files; their `listening` line says that they are up. */
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { LastLines, splitLines } from "./lines.ts";
import type { LogFile } from "./log-file.ts";
import type { Launcher, Run, RunEvents, ServiceSpec } from "./types.ts";

export interface ProcessLauncherOptions {
  /** The entry point of the service. */
  readonly mainOf: (spec: ServiceSpec) => string;
  readonly logOf: (spec: ServiceSpec) => LogFile;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Of the young generation's halves, in MB. Node begins with 1 and copies all that the loading of modules leaves alive again
 * and again while it grows: a seventh of a start.
 */
const SEMI_SPACE = 8;

const CHILD = fileURLToPath(new URL("../child.ts", import.meta.url));

export function processLauncher(options: ProcessLauncherOptions): Launcher {
  return { canPause: true, launch: (spec, events) => launch(spec, events, options) };
}

function launch(spec: ServiceSpec, events: RunEvents, { mainOf, logOf, env }: ProcessLauncherOptions): Run {
  const log = logOf(spec);
  const child = spawn(process.execPath, [`--min-semi-space-size=${SEMI_SPACE}`, CHILD, mainOf(spec), ...spec.args], {
    env: { ...env, ...spec.env },
    // The pipe to standard input carries nothing: its end tells the child that this process is gone.
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lastLines = new LastLines();
  const write = (line: string): void => {
    lastLines.add(line);
    log.write(line);
  };
  pipeLines(child.stdout, (line) => (isListening(line) ? events.listening() : write(line)));
  pipeLines(child.stderr, write);
  // Writing is never tried, but the pipe may break all the same.
  child.stdin.on("error", () => {});
  let isOver = false;
  const end = (code: number | null, signal: string | null): void => {
    if (isOver) return;
    isOver = true;
    events.exited({ code, signal, lastLine: lastLines.mostTelling() });
  };
  child.once("error", (error) => {
    write(`cannot be started: ${error.message}`);
    if (child.pid === undefined) end(null, null);
  });
  // `close` comes after the last output, `exit` may come before.
  child.once("close", end);
  return { pid: child.pid, signal: (signal) => void child.kill(signal) };
}

function pipeLines(stream: NonNullable<ChildProcess["stdout"]>, onLine: (line: string) => void): void {
  const feed = splitLines(onLine);
  stream.on("data", (chunk: Uint8Array) => feed(chunk));
  stream.on("end", () => feed());
  stream.on("error", (error) => onLine(`its output cannot be read: ${error.message}`));
}

function isListening(line: string): boolean {
  if (!line.startsWith("{")) return false;
  try {
    return (JSON.parse(line) as { event?: unknown }).event === "listening";
  } catch {
    // Some other line that begins with a brace.
    return false;
  }
}
