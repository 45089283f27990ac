/** What a backend's failures mean for its VMM. */
import { SledAgentError, reasonOf } from "../errors.ts";
import { BackendError, BackendUnreachableError } from "./backend.ts";

/** There is no VM behind the backend, and never will be. */
export function endsVmm(error: unknown): boolean {
  if (error instanceof BackendUnreachableError) return error.isGone;
  return error instanceof BackendError && (error.code === "NoInstance" || error.code === "CreateFailed");
}

/** Why a VMM has failed whose backend has failed this way. */
export function failureOf(error: unknown): string {
  if (error instanceof BackendError && error.code !== undefined) return `its propolis has no VM: ${error.message}`;
  return reasonOf(error);
}

export function isAlreadyInitialized(error: unknown): boolean {
  return error instanceof BackendError && error.code === "AlreadyInitialized";
}

/** For the caller whose request the backend refused. */
export function passedOn(error: unknown): SledAgentError {
  const status = error instanceof BackendError ? error.status : undefined;
  return new SledAgentError("propolis", reasonOf(error), { cause: error, ...(status === undefined ? {} : { status }) });
}
