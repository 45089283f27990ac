/**
 * What becomes of a VMM, as its sled-agent tells: in a report, in an answer, or by not knowing it any more. An older
 * generation than the recorded one changes nothing. A VMM at its end sets off the saga that releases what it held.
 */
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { VmmState } from "../db/schema.ts";
import { notFoundById } from "../errors.ts";
import { startInstanceUpdate } from "./update-saga.ts";
import { isTerminal } from "./run-state.ts";

export interface VmmReport {
  readonly state: VmmState;
  readonly gen: number;
  /** ISO 8601. */
  readonly timeUpdated: string;
  /** Why it failed, where that is known. */
  readonly reason?: string;
}

/** True when the report was news. Throws object-not-found for a VMM there never was; one that is over is left as it is. */
export async function applyVmmReport(nexus: NexusContext, vmmId: string, report: VmmReport): Promise<boolean> {
  const { state, gen, timeUpdated } = report;
  const failed = state === "failed" ? { failure_reason: report.reason ?? "the sled-agent reports that it failed" } : {};
  const { numUpdatedRows } = await nexus.store.db
    .updateTable("vmm")
    .set({ state, state_gen: gen, time_state_updated: new Date(timeUpdated).toISOString(), ...failed })
    .where("id", "=", vmmId)
    .where("state_gen", "<", gen)
    .where("state", "<>", "saga_unwound")
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  const vmm = await nexus.store.db
    .selectFrom("vmm")
    .select(["instance_id", "state", "time_deleted"])
    .where("id", "=", vmmId)
    .executeTakeFirst();
  if (vmm === undefined) throw notFoundById("vmm", vmmId);
  // Also for old news: whoever heard it first may have died before the saga was recorded.
  if (vmm.time_deleted === null && isTerminal(vmm.state)) await startInstanceUpdate(nexus, vmm.instance_id, vmmId);
  return numUpdatedRows > 0n;
}

/** The sled-agent does not know a VMM that it ought to have: it failed. `seenGen` is the generation that was current then. */
export async function markVmmLost(nexus: NexusContext, vmmId: string, seenGen: number, reason: string): Promise<void> {
  const now = nowText(nexus);
  const { numUpdatedRows } = await nexus.store.db
    .updateTable("vmm")
    .set({ state: "failed", state_gen: seenGen + 1, time_state_updated: now, failure_reason: reason })
    .where("id", "=", vmmId)
    .where("state_gen", "=", seenGen)
    .where("state", "not in", ["saga_unwound", "stopped", "destroyed", "failed"])
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  nexus.world.log.warn({ vmm: vmmId, reason }, "VMM lost");
  const vmm = await nexus.store.db
    .selectFrom("vmm")
    .select("instance_id")
    .where("id", "=", vmmId)
    .executeTakeFirstOrThrow();
  await startInstanceUpdate(nexus, vmm.instance_id, vmmId);
}
