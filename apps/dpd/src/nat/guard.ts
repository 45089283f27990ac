/** The generation guard of a group: which requests may change it. */
import { DpdError } from "../errors.ts";

export type GuardVerdict =
  /** The request is news: any content is applied. */
  | "apply"
  /** The request is a repetition: its content must be what was declared, and only drift is mended. */
  | "repeat"
  /** Someone newer has written. */
  | "stale";

/** `stored` is undefined when there is no such group. */
export function guardVerdict(stored: number | undefined, requested: number): GuardVerdict {
  if (stored === undefined || stored < requested) return "apply";
  return stored === requested ? "repeat" : "stale";
}

export function generationStale(group: string, stored: number, requested: number): DpdError {
  const message = `group ${group} is at generation ${stored}, newer than the requested ${requested}`;
  return new DpdError("exists", message, "NatGenerationStale");
}

export function generationMismatch(group: string, detail: string): DpdError {
  return new DpdError("exists", `group ${group}: ${detail}`, "NatGenerationMismatch");
}
