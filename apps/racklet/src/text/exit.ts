/** How a service ended, in words. */
import type { Exit } from "../supervisor/types.ts";

const MAX_LINE = 200;

export function describeExit({ code, signal, lastLine }: Exit): string {
  const how =
    signal === null
      ? code === null
        ? "could not be started"
        : `ended with exit code ${code}`
      : `was ended by ${signal}`;
  // What it wrote before it was told to end explains nothing.
  const wasTold = code === 0 || signal === "SIGKILL" || signal === "SIGTERM";
  return lastLine === undefined || wasTold ? how : `${how}: ${messageOf(lastLine).slice(0, MAX_LINE)}`;
}

/** Of a structured log line what a person would read; any other line as it is. */
function messageOf(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { msg, err, reason } = JSON.parse(line) as { msg?: unknown; err?: { message?: unknown }; reason?: unknown };
    const why = err?.message ?? reason;
    if (typeof msg === "string") return typeof why === "string" ? `${msg}: ${why}` : msg;
  } catch {
    // Not JSON after all.
  }
  return line;
}
