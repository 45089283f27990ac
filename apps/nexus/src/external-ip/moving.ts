import type { Transaction } from "kysely";
import type { NexusTables } from "../db/schema.ts";
import { unavailable } from "../errors.ts";

/**
 * Throws `unavailable` while an address of the instance is being attached or detached: its saga has chosen, or is about to
 * choose, the VMM that it tells, so the instance must not get another one meanwhile.
 */
export async function refuseMovingIps(tx: Transaction<NexusTables>, instanceId: string): Promise<void> {
  const moving = await tx
    .selectFrom("external_ip")
    .select("ip")
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .where("state", "<>", "attached")
    .executeTakeFirst();
  if (moving === undefined) return;
  throw unavailable(`external IP ${moving.ip} is being attached or detached; try again when that is done`);
}
