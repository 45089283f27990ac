/**
 * What a call can fail with. Every failure that is not the caller's own abort is one of these, so that callers can branch
 * on classes instead of texts.
 */
interface CallIdentity {
  /** Name of the API, for example `dpd`. */
  readonly service: string;
  readonly operationId: string;
  /** Where the service was looked for. */
  readonly peer: string;
}

/** Common to all: which call failed, and whether repeating it later may succeed. */
export abstract class ClientError extends Error {
  readonly service: string;
  readonly operationId: string;
  readonly peer: string;
  abstract readonly retryable: boolean;

  constructor(call: CallIdentity, message: string, cause?: unknown) {
    super(message, { cause });
    this.service = call.service;
    this.operationId = call.operationId;
    this.peer = call.peer;
  }
}

export interface ApiErrorFields {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
}

/** The service answered 4xx or 5xx. `message` is the service's own. */
export class ApiError extends ClientError {
  override readonly name: string = "ApiError";
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;

  constructor(call: CallIdentity, fields: ApiErrorFields) {
    super(call, fields.message);
    this.status = fields.status;
    this.code = fields.code;
    this.requestId = fields.requestId;
    this.retryable = fields.status === 503 || fields.status === 429;
  }
}

/** The server is older than this client: nothing was done. */
export class UnsupportedVersionError extends ApiError {
  override readonly name = "UnsupportedVersionError";
  /** The version this client speaks. */
  readonly wanted: string;
  /** The version the server says it used or supports, where it says so. */
  readonly server: string | undefined;

  constructor(call: CallIdentity, fields: ApiErrorFields, wanted: string, server: string | undefined) {
    const newest = server === undefined ? "" : ` (it answers with ${server})`;
    super(call, {
      ...fields,
      message: `${call.service} at ${call.peer} does not support version ${wanted}${newest}: ${fields.message}`,
    });
    this.wanted = wanted;
    this.server = server;
  }
}

/** The server speaks none of the versions that the caller can use. */
export class NoCommonVersionError extends ClientError {
  override readonly name = "NoCommonVersionError";
  /** The versions that the caller can use, newest first. */
  readonly wanted: readonly string[];
  /** Those that the server speaks, oldest first; null where it does not list them. */
  readonly supported: readonly string[] | null;
  readonly retryable = false;

  constructor(
    candidates: readonly { readonly service: string; readonly version: string }[],
    peer: string,
    supported: readonly string[] | null,
  ) {
    const service = candidates[0]?.service ?? "the service";
    const wanted = candidates.map(({ version }) => version);
    const speaks = supported === null ? "is older than all of these" : `speaks ${supported.join(", ")}`;
    super(
      { service, operationId: "connect", peer },
      `${service} at ${peer} has no version in common with this client, which speaks ${wanted.join(", ")}: the server ${speaks}`,
    );
    this.wanted = wanted;
    this.supported = supported;
  }
}

export type ConnectionFailure = "refused" | "reset" | "timeout" | "failed";

/** No whole answer arrived. */
export class ConnectionError extends ClientError {
  override readonly name = "ConnectionError";
  readonly kind: ConnectionFailure;
  /** The request changes something and may have reached the service. */
  readonly maybeApplied: boolean;
  readonly retryable = true;

  constructor(call: CallIdentity, kind: ConnectionFailure, maybeApplied: boolean, detail: string, cause?: unknown) {
    super(call, `${call.service} ${call.operationId} at ${call.peer}: ${detail}`, cause);
    this.kind = kind;
    this.maybeApplied = maybeApplied;
  }
}

/** The service answered something its document does not allow; repeating it would not help. */
export class ProtocolError extends ClientError {
  override readonly name = "ProtocolError";
  readonly status: number | undefined;
  readonly retryable = false;

  constructor(call: CallIdentity, status: number | undefined, detail: string, cause?: unknown) {
    super(call, `${call.service} ${call.operationId} at ${call.peer}: ${detail}`, cause);
    this.status = status;
  }
}

export type { CallIdentity };
