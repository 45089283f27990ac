import { describe, expect, test } from "vitest";
import { decide, type QueueState, type QueueStatus, type RequestKind } from "../src/vm/decide.ts";

const status = (state: QueueState, more: Partial<QueueStatus> = {}): QueueStatus => ({
  state,
  awaitsReboot: false,
  awaitsMigrationOut: false,
  awaitsStop: false,
  ...more,
});

const MIGRATED = { refuse: "Instance has migrated out and is being torn down" };
const HALTED = { refuse: "Instance has already halted" };
const FAILED = { refuse: "Instance failed to start or halted due to a failure" };
const STOPPING = { refuse: "Instance is preparing to stop" };
const INACTIVE = { refuse: "Operation requires an active instance" };
const SOURCE = { refuse: "Operation cannot be performed on a migration source" };

const ALL: readonly RequestKind[] = ["run", "stop", "reboot", "migrateOut", "replaceVolume"];

describe.each<[string, QueueStatus, ...unknown[]]>([
  ["was not started", status("notStarted"), "queue", "queue", INACTIVE, INACTIVE, "queue"],
  ["starts", status("startPending"), "ignore", "queue", { refuse: "Instance is currently starting" }, "queue", "queue"],
  ["runs", status("running"), "ignore", "queue", "queue", "queue", "queue"],
  ["has migrated", status("migratedOut"), MIGRATED, "ignore", MIGRATED, MIGRATED, MIGRATED],
  ["has stopped", status("stopped"), HALTED, "ignore", HALTED, HALTED, HALTED],
  ["has failed", status("failed"), FAILED, "ignore", FAILED, FAILED, FAILED],
  ["is to reboot", status("running", { awaitsReboot: true }), "ignore", "queue", "ignore", "queue", "queue"],
  ["is to stop", status("running", { awaitsStop: true }), STOPPING, "ignore", STOPPING, STOPPING, "queue"],
  [
    "is to stop before it ran",
    status("notStarted", { awaitsStop: true }),
    STOPPING,
    "ignore",
    STOPPING,
    STOPPING,
    "queue",
  ],
  [
    "is to migrate",
    status("running", { awaitsMigrationOut: true }),
    "ignore",
    "queue",
    SOURCE,
    { refuse: "Instance is already a migration source" },
    "queue",
  ],
])("a VM that %s", (_, it, ...decisions) => {
  test.each(ALL.map((kind, i) => [kind, decisions[i]] as const))("asked to %s", (kind, decision) => {
    expect(decide(it, kind)).toEqual(decision);
  });
});
