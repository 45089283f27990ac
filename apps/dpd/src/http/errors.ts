/** The one place where dpd's errors become HTTP answers. */
import { HttpError } from "@racklet/api-kit";
import { DpdError, type DpdErrorKind } from "../errors.ts";

const STATUS: Readonly<Record<DpdErrorKind, number>> = {
  invalid: 400,
  missing: 404,
  exists: 409,
  synthetic: 418,
  rollbackFailed: 500,
  asicFailure: 500,
  unavailable: 503,
  tableFull: 507,
};

/** Undefined for an error that is not the domain's: the framework answers 500 and logs it. */
export function translateError(error: unknown): HttpError | undefined {
  if (!(error instanceof DpdError)) return undefined;
  const options = { code: error.errorCode, cause: error.cause };
  // What exactly the ASIC refused is for the log, as upstream has it.
  if (error.kind === "asicFailure") {
    return new HttpError(500, "Internal Server Error", { ...options, internal: error.message });
  }
  return new HttpError(STATUS[error.kind], error.message, options);
}
