/**
 * The errors of dpd's domain. Each carries what the wire needs (`kind` decides the status, `errorCode` and `message`
 * go into the body); the HTTP layer turns a kind into a status by one table and knows nothing else.
 */
export type DpdErrorKind =
  /** 400 */
  | "invalid"
  /** 404 */
  | "missing"
  /** 409 */
  | "exists"
  /** 507 */
  | "tableFull"
  /** 503 */
  | "unavailable"
  /** 418: an injected fault */
  | "synthetic"
  /** 500: the ASIC refused or failed */
  | "asicFailure"
  /** 500: undoing a failed change failed too */
  | "rollbackFailed";

export class DpdError extends Error {
  override readonly name = "DpdError";
  readonly kind: DpdErrorKind;
  readonly errorCode: string | undefined;

  constructor(kind: DpdErrorKind, message: string, errorCode?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.errorCode = errorCode;
  }
}

export const invalid = (message: string): DpdError => new DpdError("invalid", message);

/** `code` is upstream's text, which its clients find in `error_code`; `detail` says what was looked for. */
export const missing = (code: string, detail: string): DpdError => new DpdError("missing", `${code}: ${detail}`, code);

/** `code` is upstream's text, which its clients find in `error_code`; `detail` says what is in the way. */
export const exists = (code: string, detail: string): DpdError => new DpdError("exists", `${code}: ${detail}`, code);

/** The message begins with the table's name, which is all that upstream says. */
export const tableFull = (table: string, detail?: string): DpdError =>
  new DpdError("tableFull", detail === undefined ? table : `${table}: ${detail}`);

/** Something that a client can wait for or give back: a lane, a name that is in use. Upstream says no more than 503. */
export const busy = (message: string): DpdError => new DpdError("unavailable", message);

export const asicUnavailable = (reason: string): DpdError => new DpdError("unavailable", reason, "AsicUnavailable");

export const synthetic = (message: string): DpdError => new DpdError("synthetic", message, "Synthetic ASIC error");

export const asicFailure = (message: string): DpdError => new DpdError("asicFailure", message, "Internal");

/** `cause` is the failure that made the undo necessary. */
export const rollbackFailed = (cause: unknown): DpdError =>
  new DpdError("rollbackFailed", "inconsistent internal state", "rollback failure", cause);
