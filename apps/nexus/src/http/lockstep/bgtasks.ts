/** Background tasks as operators see and start them. */
import type { Handlers } from "@racklet/api-kit";
import type { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { BackgroundTask } from "@racklet/api-types/nexus-lockstep/types";
import { UnknownTaskError, type TaskStatus } from "@racklet/reconcile";
import type { NexusContext } from "../../context.ts";
import { notFound } from "../../errors.ts";

type Operations = Pick<(typeof nexusLockstepApi)["operations"], "bgtask_list" | "bgtask_view" | "bgtask_activate">;

export const bgtaskHandlers: Handlers<NexusContext, Operations> = {
  bgtask_list: (nexus) => Object.fromEntries(nexus.tasks.list().map((status) => [status.name, toWire(status)])),
  bgtask_view: (nexus, { params }) => toWire(statusOf(nexus, params.bgtask_name)),
  bgtask_activate: (nexus, { body }) => {
    const names = body.bgtask_names.map((name) => statusOf(nexus, name).name);
    for (const name of names) nexus.tasks.activate(name);
  },
};

function statusOf(nexus: NexusContext, name: string): TaskStatus {
  try {
    return nexus.tasks.status(name);
  } catch (error) {
    if (error instanceof UnknownTaskError) throw notFound(`background task "${name}"`);
    throw error;
  }
}

function toWire({ name, description, periodMs, current, last }: TaskStatus): BackgroundTask {
  return {
    name,
    description,
    period: duration(periodMs),
    current:
      current === null
        ? { current_status: "idle" }
        : {
            current_status: "running",
            details: { iteration: current.iteration, reason: current.reason, start_time: current.startedAt },
          },
    last:
      last === null
        ? { last_result: "never_completed" }
        : {
            last_result: "completed",
            details: {
              iteration: last.iteration,
              reason: last.reason,
              start_time: last.startedAt,
              elapsed: duration(last.elapsedMs),
              // Upstream has no other place for a failed pass than the details.
              details: "error" in last ? { error: last.error.message } : last.details,
            },
          },
  };
}

const duration = (ms: number): { secs: number; nanos: number } => ({
  secs: Math.floor(ms / 1000),
  nanos: Math.round((ms % 1000) * 1_000_000) % 1_000_000_000,
});
