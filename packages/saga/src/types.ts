/** The words of a saga: its states, what happened to each node, and how both look from outside. */

/**
 * running → done, or running → unwinding → unwound. `stuck` needs an operator: an undo kept failing, or the program no
 * longer knows the saga's shape; `SagaExecutor.retryStuck` takes it up again.
 */
export type SagaState = "running" | "unwinding" | "done" | "unwound" | "stuck";

export const UNFINISHED_STATES: readonly SagaState[] = ["running", "unwinding"];
export const FINISHED_STATES: readonly SagaState[] = ["done", "unwound"];

/** What is kept of an error when it goes into the log. */
export interface SagaErrorInfo {
  readonly node: string | null;
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly status: number | null;
}

export type NodeEventKind = "started" | "succeeded" | "failed" | "undone" | "undo_failed";

export interface NodeEvent {
  /** Counts from 0 within the saga. */
  readonly sequence: number;
  readonly node: string;
  readonly kind: NodeEventKind;
  /** ISO 8601. */
  readonly at: string;
  /** Of `succeeded`: the node's output as JSON text, null when it gave none. */
  readonly output: string | null;
  /** Of `failed` and `undo_failed`. */
  readonly error: SagaErrorInfo | null;
}

export interface SagaRecord {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly params: string;
  /** The nodes in the order they were declared, with what each waits for: to notice a program that builds another graph. */
  readonly nodes: readonly NodeShape[];
  readonly state: SagaState;
  readonly owner: string;
  /** Goes up with each adoption; only the holder of the current one may write. */
  readonly generation: number;
  readonly error: SagaErrorInfo | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface NodeShape {
  readonly name: string;
  readonly after: readonly string[];
}

export type NodeState = "waiting" | "started" | "succeeded" | "failed" | "undone" | "undo_failed";

export interface SagaView extends Omit<SagaRecord, "nodes" | "params"> {
  readonly params: unknown;
  readonly nodes: readonly (NodeShape & { readonly state: NodeState })[];
}
