/** For tests of sagas: every disturbance a saga must withstand, and the single ones for tests of one's own. */
export { checkSaga, type SagaCheck, type SagaFixture } from "./check-saga.ts";
export {
  crashingLog,
  failAt,
  failUndoOnce,
  InjectedError,
  repeatDo,
  repeatUndo,
  wrapNodes,
  type CrashPoint,
} from "./inject.ts";
