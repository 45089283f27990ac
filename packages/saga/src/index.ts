/**
 * Durable sagas: a graph of steps, each with its undo, recorded so that after any crash the whole is either done or
 * taken back. Exactly one executor at a time runs a saga; each step runs at least once.
 */
export {
  defineSaga,
  SagaBuilder,
  type NodeActions,
  type NodeContext,
  type NodeRef,
  type SagaDefinition,
  type SagaGraph,
  type SagaNode,
} from "./define.ts";
export { SagaInterruptedError, SagaNodeError, SagaRefusedError, SagaStuckError } from "./errors.ts";
export { SagaExecutor, type SagaExecutorOptions, type StartedSaga } from "./executor.ts";
export type { SagaAdoption, SagaChange, SagaListOptions, SagaLog } from "./log.ts";
export { memorySagaLog } from "./memory-log.ts";
export type { UndoPolicy } from "./run.ts";
export { sagaMigrations, sqlSagaLog, type SagaTables } from "./sql-log.ts";
export type {
  NodeEvent,
  NodeEventKind,
  NodeShape,
  NodeState,
  SagaErrorInfo,
  SagaRecord,
  SagaState,
  SagaView,
} from "./types.ts";
