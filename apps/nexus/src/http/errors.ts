/** The one translation from Nexus' domain errors to the wire. */
import { HttpError } from "@racklet/api-kit";
import { SagaInterruptedError, SagaRefusedError } from "@racklet/saga";
import { ContentionError, InvalidTextError } from "@racklet/store";
import { NexusError, type ErrorKind } from "../errors.ts";

const STATUS: Readonly<Record<ErrorKind, readonly [status: number, code: string]>> = {
  "object-not-found": [404, "ObjectNotFound"],
  "not-found": [404, "Not Found"],
  "object-already-exists": [400, "ObjectAlreadyExists"],
  "invalid-request": [400, "InvalidRequest"],
  "invalid-value": [400, "InvalidValue"],
  unauthenticated: [401, "Unauthorized"],
  forbidden: [403, "Forbidden"],
  conflict: [409, "Conflict"],
  gone: [410, "Gone"],
  "insufficient-capacity": [507, "InsufficientCapacity"],
  unavailable: [503, "ServiceNotAvailable"],
  "bad-gateway": [502, "Internal"],
  "gateway-timeout": [504, "Internal"],
  internal: [500, "Internal"],
};

/** Undefined for anything that is not a domain error: the framework makes a 500 of it and logs it. */
export function translateError(error: unknown): HttpError | undefined {
  if (error instanceof SagaRefusedError || error instanceof SagaInterruptedError) {
    // An interrupted saga goes on when Nexus is back; what was asked for may be done then.
    return new HttpError(503, error.message, { code: "ServiceNotAvailable", cause: error });
  }
  if (error instanceof InvalidTextError) {
    return new HttpError(400, error.message, { code: "InvalidRequest", cause: error });
  }
  if (error instanceof ContentionError) {
    return new HttpError(503, "others kept changing the same things; try again", {
      code: "ServiceNotAvailable",
      cause: error,
    });
  }
  if (!(error instanceof NexusError)) return undefined;
  const [status, code] = STATUS[error.kind];
  const message = error.kind === "internal" ? "Internal Server Error" : error.message;
  return new HttpError(status, message, { code, internal: error.message, cause: error.cause });
}
