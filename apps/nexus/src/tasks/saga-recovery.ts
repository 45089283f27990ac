/** Takes over the sagas of Nexus processes that died, and says that this one lives. */
import { defineTask, type Task } from "@racklet/reconcile";
import type { NexusContext } from "../context.ts";
import { deadOwners, heartbeat, HEARTBEAT_MS } from "../process/liveness.ts";

export interface SagaRecoveryDetails {
  readonly dead_processes: readonly string[];
  readonly adopted: number;
}

export function sagaRecoveryTask(nexus: NexusContext): Task<SagaRecoveryDetails> {
  return defineTask({
    name: "saga_recovery",
    description: "takes over the sagas of Nexus processes that died",
    periodMs: HEARTBEAT_MS,
    run: async () => {
      await heartbeat(nexus);
      const dead = await deadOwners(nexus);
      const adopted = dead.length === 0 ? [] : await nexus.sagas.recover({ adopt: dead });
      return { dead_processes: dead, adopted: adopted.length };
    },
  });
}
