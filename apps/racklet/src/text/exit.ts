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
  return lastLine === undefined || signal === "SIGKILL" ? how : `${how}: ${lastLine.slice(0, MAX_LINE)}`;
}
