/** What a saga's caller can meet besides the failing node's own error, and how an error goes into the log and out again. */
import type { SagaErrorInfo } from "./types.ts";

/** A node's failure read back from the log, when the process that saw the original is gone. */
export class SagaNodeError extends Error {
  override readonly name = "SagaNodeError";
  readonly info: SagaErrorInfo;

  constructor(info: SagaErrorInfo) {
    super(info.node === null ? info.message : `${info.node}: ${info.message}`);
    this.info = info;
  }
}

/** An undo kept failing: what the saga did is only partly taken back. `cause` is why the saga failed in the first place. */
export class SagaStuckError extends Error {
  override readonly name = "SagaStuckError";
  readonly sagaId: string;
  readonly info: SagaErrorInfo;

  constructor(sagaId: string, info: SagaErrorInfo, cause: unknown) {
    super(`saga ${sagaId} is stuck${info.node === null ? "" : ` at ${info.node}`}: ${info.message}`, { cause });
    this.sagaId = sagaId;
    this.info = info;
  }
}

/** This executor no longer runs the saga: it is stopping, or another one adopted it. The saga itself goes on later. */
export class SagaInterruptedError extends Error {
  override readonly name = "SagaInterruptedError";
  readonly sagaId: string;

  constructor(sagaId: string, why: string) {
    super(`saga ${sagaId} was interrupted: ${why}`);
    this.sagaId = sagaId;
  }
}

/** The executor runs as many sagas as it may, or is stopping. Nothing was recorded. */
export class SagaRefusedError extends Error {
  override readonly name = "SagaRefusedError";
  readonly status = 503;
}

export function errorInfo(node: string | null, error: unknown): SagaErrorInfo {
  if (!(error instanceof Error)) return { node, name: "Error", message: String(error), code: null, status: null };
  const { code, status } = error as Error & { code?: unknown; status?: unknown }; // read as unknown, checked below
  return {
    node,
    name: error.name,
    message: error.message,
    code: typeof code === "string" ? code : null,
    status: typeof status === "number" ? status : null,
  };
}
