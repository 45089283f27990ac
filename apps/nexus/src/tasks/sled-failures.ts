import { ClientError } from "@racklet/client-runtime";
import { sledError, type SledPeer } from "../peers/sled-agent.ts";

export interface SledFailure {
  readonly sled: SledPeer;
  readonly error: unknown;
}

/** At most this many are named. */
const SHOWN = 5;

/** A pass that did all it could, but not all it should, has failed, so that it is repeated soon. Otherwise the results. */
export function throwIfAnyFailed<T extends object>(results: readonly (T | SledFailure)[]): T[] {
  const failures = results.filter((result): result is SledFailure => "error" in result && "sled" in result);
  if (failures.length === 0) return results as T[]; // none of them is a failure
  const reasons = failures.slice(0, SHOWN).map(({ sled, error }) => {
    if (error instanceof ClientError) return sledError(sled, error).message;
    return error instanceof Error ? error.message : String(error);
  });
  throw new Error(`${failures.length} of ${results.length} sleds: ${reasons.join("; ")}`, {
    cause: failures[0]?.error,
  });
}
