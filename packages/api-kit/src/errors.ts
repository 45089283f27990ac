/** The one error body of the wire, `{request_id, error_code?, message}`, and the error that handlers' translators make. */
import { s, type Infer } from "./schema.ts";

export const ErrorBody = s.named(
  "Error",
  s.object({
    error_code: s.optional(s.string()),
    message: s.string(),
    request_id: s.string(),
  }),
  "What went wrong. `error_code` is left out when there is none.",
);
export type ErrorBody = Infer<typeof ErrorBody>;

export interface HttpErrorOptions {
  readonly code?: string | undefined;
  readonly headers?: readonly (readonly [string, string])[];
  /** For the log only. */
  readonly internal?: string;
  readonly cause?: unknown;
}

/** An answer of 4xx or 5xx. `message` goes to the client; `internal` and `cause` go to the log under the same request id. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly internal: string | undefined;

  constructor(status: number, message: string, options: HttpErrorOptions = {}) {
    super(message, { cause: options.cause });
    if (status < 400 || status > 599) throw new RangeError(`${status} is not an error status`);
    this.status = status;
    this.code = options.code;
    this.headers = options.headers ?? [];
    this.internal = options.internal;
  }

  static badRequest(message: string, code?: string): HttpError {
    return new HttpError(400, message, { code });
  }

  /** No route: the client only sees `Not Found`, the detail is logged. */
  static noRoute(internal: string): HttpError {
    return new HttpError(404, "Not Found", { internal });
  }

  static internal(cause: unknown): HttpError {
    return new HttpError(500, "Internal Server Error", { code: "Internal", cause });
  }
}
