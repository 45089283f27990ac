/** What a migration's target asks its source when the link broke while the source decided. */
import { propolisClient } from "@racklet/propolis-client";
import type { World } from "@racklet/world";
import { reasonOf } from "../errors.ts";

/** The source decides as soon as it sees the link broken, so this is for a network that is slow to come back. */
const GIVE_UP_MS = 3_000;
const PAUSE_MS = 200;

/**
 * Whether the VM has gone from there. False when the source kept it, and when it cannot be asked: rather no VM than two.
 */
export async function hasLetGo(world: World, sourceAddr: string, migrationId: string): Promise<boolean> {
  const client = propolisClient({
    baseUrl: `http://${sourceAddr}`,
    world,
    deadlineMs: GIVE_UP_MS,
    retries: { attempts: 0 },
  });
  const end = world.clock.monotonicMs() + GIVE_UP_MS;
  while (world.clock.monotonicMs() < end) {
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
