/**
 * Level-triggered background tasks: each looks at the whole state it cares for, now and then and whenever activated, and
 * can be watched and waited for. Time comes from the World, so a virtual clock drives it.
 */
export { TaskRunner, TaskWaitError, UnknownTaskError, type TaskRunnerOptions, type WaitOptions } from "./runner.ts";
export {
  defineTask,
  type CompletedPass,
  type FailedPass,
  type PassContext,
  type PassError,
  type PassReason,
  type RunningPass,
  type Task,
  type TaskStatus,
} from "./task.ts";
