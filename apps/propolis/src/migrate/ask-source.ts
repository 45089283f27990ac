/** What a migration's target asks its source when the link broke while the source decided. */
import { propolisClient } from "@racklet/propolis-client";
import type { World } from "@racklet/world";
import { reasonOf } from "../errors.ts";

const ATTEMPTS = 50;
const PAUSE_MS = 200;
const DEADLINE_MS = 1_000;

/**
 * Whether the VM has gone from there. False when the source kept it, and when it cannot be asked: rather no VM than two.
 */
export async function hasLetGo(world: World, sourceAddr: string, migrationId: string): Promise<boolean> {
  const client = propolisClient({ baseUrl: `http://${sourceAddr}`, world, deadlineMs: DEADLINE_MS });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const { migration_out: out } = await client.instance_migrate_status();
      if (out?.id !== migrationId || out.state === "Error") return false;
      if (out.state === "Finish") return true;
    } catch (error) {
      world.log.warn({ migration_id: migrationId, reason: reasonOf(error) }, "cannot ask the source of a migration");
    }
    await world.timers.sleep(PAUSE_MS);
  }
  return false;
}
