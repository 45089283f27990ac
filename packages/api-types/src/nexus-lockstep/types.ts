/** Wire types of Nexus' lockstep API: what operators see of background tasks and sagas. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";

export const Duration = s.named("Duration", s.object({ nanos: s.u32(), secs: s.u64() }));
export type Duration = Infer<typeof Duration>;

export const ActivationReason = s.named(
  "ActivationReason",
  s.enum(["signaled", "timeout", "dependency"]),
  "Why a background task was activated.",
);

export const CurrentStatus = s.named(
  "CurrentStatus",
  s.oneOf([
    s.object({ current_status: s.literal("idle") }),
    s.object({
      current_status: s.literal("running"),
      details: s.named(
        "CurrentStatusRunning",
        s.object({ iteration: s.u64(), reason: ActivationReason, start_time: s.dateTime() }),
      ),
    }),
  ]),
  "What a background task is doing.",
);

export const LastResult = s.named(
  "LastResult",
  s.oneOf([
    s.object({ last_result: s.literal("never_completed") }),
    s.object({
      details: s.named(
        "LastResultCompleted",
        s.object({
          details: s.described("Whatever the task reports.", s.any()),
          elapsed: Duration,
          iteration: s.u64(),
          reason: ActivationReason,
          start_time: s.dateTime(),
        }),
      ),
      last_result: s.literal("completed"),
    }),
  ]),
  "How the last completed activation of a background task went.",
);

export const BackgroundTask = s.named(
  "BackgroundTask",
  s.object({
    current: CurrentStatus,
    description: s.string(),
    last: LastResult,
    name: s.string(),
    period: s.described("How long after an activation the next one comes by itself.", Duration),
  }),
);
export type BackgroundTask = Infer<typeof BackgroundTask>;

export const BackgroundTasksActivateRequest = s.named(
  "BackgroundTasksActivateRequest",
  s.object({ bgtask_names: s.array(s.string(), { uniqueItems: true }) }),
);

export const InstanceMigrateRequest = s.named(
  "InstanceMigrateRequest",
  s.object({ dst_sled_id: s.described("The sled to migrate the instance to.", s.uuid()) }),
);

const NodeName = s.named("NodeName", s.string(), "The unique name of a node of a saga.");

export const SagaErrorInfo = s.named(
  "SagaErrorInfo",
  s.oneOf([
    s.object({ error: s.literal("action_failed"), source_error: s.any() }),
    s.object({ error: s.literal("deserialize_failed"), message: s.string() }),
    s.object({ error: s.literal("injected_error") }),
    s.object({ error: s.literal("serialize_failed"), message: s.string() }),
    s.object({ error: s.literal("subsaga_create_failed"), message: s.string() }),
  ]),
);
export type SagaErrorInfo = Infer<typeof SagaErrorInfo>;

export const SagaState = s.named(
  "SagaState",
  s.oneOf([
    s.object({ state: s.literal("running") }),
    s.object({ state: s.literal("succeeded") }),
    s.object({ error_info: SagaErrorInfo, error_node_name: NodeName, state: s.literal("failed") }),
    s.object({
      error_info: SagaErrorInfo,
      error_node_name: NodeName,
      state: s.literal("stuck"),
      undo_error_node_name: NodeName,
      undo_source_error: s.any(),
    }),
  ]),
  "`failed` is unwound completely; `stuck` failed to unwind and needs an operator.",
);
export type SagaState = Infer<typeof SagaState>;

export const Saga = s.named("Saga", s.object({ id: s.uuid(), state: SagaState }));
export type Saga = Infer<typeof Saga>;

export const SagaPage = resultsPageOf("Saga", Saga);

export const SledSelector = s.named("SledSelector", s.object({ sled: s.described("ID of the sled", s.uuid()) }));
