/** Whether a request that changes a VM is queued, ignored because it asks for what is so or will be, or refused. Pure. */

/** `startPending`: asked to run, or being migrated into. */
export type QueueState = "notStarted" | "startPending" | "running" | "migratedOut" | "stopped" | "failed";
export type RequestKind = "run" | "stop" | "reboot" | "migrateOut" | "replaceVolume";

export interface QueueStatus {
  readonly state: QueueState;
  /** Queued or under way. */
  readonly awaitsReboot: boolean;
  readonly awaitsMigrationOut: boolean;
  readonly awaitsStop: boolean;
}

export type Decision = "queue" | "ignore" | { readonly refuse: string };

const TERMINAL: Readonly<Partial<Record<QueueState, string>>> = {
  migratedOut: "Instance has migrated out and is being torn down",
  stopped: "Instance has already halted",
  failed: "Instance failed to start or halted due to a failure",
};
const STOPPING = { refuse: "Instance is preparing to stop" };
const NOT_ACTIVE = { refuse: "Operation requires an active instance" };

export function decide(status: QueueStatus, request: RequestKind): Decision {
  const ended = TERMINAL[status.state];
  if (request === "stop") return status.awaitsStop || ended !== undefined ? "ignore" : "queue";
  if (ended !== undefined) return { refuse: ended };
  switch (request) {
    case "run":
      if (status.awaitsStop) return STOPPING;
      return status.state === "notStarted" ? "queue" : "ignore";
    case "reboot":
      return decideReboot(status);
    case "migrateOut":
      if (status.awaitsMigrationOut) return { refuse: "Instance is already a migration source" };
      if (status.awaitsStop) return STOPPING;
      return status.state === "notStarted" ? NOT_ACTIVE : "queue";
    case "replaceVolume":
      return "queue";
  }
}

function decideReboot(status: QueueStatus): Decision {
  if (status.awaitsReboot) return "ignore";
  if (status.awaitsMigrationOut) return { refuse: "Operation cannot be performed on a migration source" };
  if (status.awaitsStop) return STOPPING;
  if (status.state === "notStarted") return NOT_ACTIVE;
  return status.state === "startPending" ? { refuse: "Instance is currently starting" } : "queue";
}
