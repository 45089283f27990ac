/**
 * What becomes of a VMM, as its sled-agent tells: in a report, in an answer, or by not knowing it any more. An older
 * generation than the recorded one changes nothing. What its instance must follow sets off the update saga.
 */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables, VmmState } from "../db/schema.ts";
import { notFoundById } from "../errors.ts";
import {
  failMigrationsOf,
  isMigrationOver,
  recordSourceReport,
  recordTargetReport,
  type MigrationReport,
} from "./migration-record.ts";
import { isTerminal, TERMINAL_VMM_STATES } from "./run-state.ts";
import { startInstanceUpdate } from "./update-saga.ts";

export interface VmmReport {
  readonly state: VmmState;
  readonly gen: number;
  /** ISO 8601. */
  readonly timeUpdated: string;
  /** Why it failed, where that is known. */
  readonly reason?: string;
  /** Where its propolis serves, where that is another place than it was given. */
  readonly propolisAddress?: string;
  readonly migrationIn?: MigrationReport;
  readonly migrationOut?: MigrationReport;
}

/** True when the report was news. Throws object-not-found for a VMM there never was; one that is over is left as it is. */
export async function applyVmmReport(nexus: NexusContext, vmmId: string, report: VmmReport): Promise<boolean> {
  const { vmm, isNews } = await record(nexus, vmmId, report);
  const isEnd =
    (vmm.time_deleted === null && isTerminal(vmm.state)) ||
    [report.migrationIn, report.migrationOut].some((each) => each !== undefined && isMigrationOver(each.state));
  // Also for old news: whoever heard it first may have died before the saga was recorded.
  if (isEnd) await startInstanceUpdate(nexus, vmm.instance_id);
  return isNews;
}

/** One transaction: nobody sees a VMM that runs beside a migration that is still on its way to it. */
function record(nexus: NexusContext, vmmId: string, report: VmmReport) {
  const { state, gen, timeUpdated, propolisAddress, migrationIn, migrationOut } = report;
  const failed = state === "failed" ? { failure_reason: report.reason ?? "the sled-agent reports that it failed" } : {};
  return nexus.store.transaction(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable("vmm")
      .set({ state, state_gen: gen, time_state_updated: new Date(timeUpdated).toISOString(), ...failed })
      .where("id", "=", vmmId)
      .where("state_gen", "<", gen)
      .where("state", "<>", "saga_unwound")
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    // A VMM's propolis serves in one place: what is said of it does not age, and who polled may have heard the state first.
    if (propolisAddress !== undefined) await recordPropolisAddress(tx, vmmId, propolisAddress);
    const isOutNews = migrationOut !== undefined && (await recordSourceReport(tx, vmmId, migrationOut));
    const isInNews = migrationIn !== undefined && (await recordTargetReport(tx, vmmId, migrationIn));
    const vmm = await tx
      .selectFrom("vmm")
      .select(["instance_id", "state", "time_deleted"])
      .where("id", "=", vmmId)
      .executeTakeFirst();
    if (vmm === undefined) throw notFoundById("vmm", vmmId);
    return { vmm, isNews: numUpdatedRows > 0n || isOutNews || isInNews };
  });
}

async function recordPropolisAddress(tx: Transaction<NexusTables>, vmmId: string, address: string): Promise<void> {
  await tx
    .updateTable("vmm")
    .set({ propolis_address: address })
    .where("id", "=", vmmId)
    .where("propolis_address", "<>", address)
    .where("time_deleted", "is", null)
    .execute();
}

/** The sled-agent does not know a VMM that it ought to have: it failed. `seenGen` is the generation that was current then. */
export async function markVmmLost(nexus: NexusContext, vmmId: string, seenGen: number, reason: string): Promise<void> {
  const now = nowText(nexus);
  const instanceId = await nexus.store.transaction(async (tx) => {
    const lost = await tx
      .updateTable("vmm")
      .set({ state: "failed", state_gen: seenGen + 1, time_state_updated: now, failure_reason: reason })
      .where("id", "=", vmmId)
      .where("state_gen", "=", seenGen)
      .where("state", "not in", ["saga_unwound", ...TERMINAL_VMM_STATES])
      .where("time_deleted", "is", null)
      .returning("instance_id")
      .executeTakeFirst();
    if (lost === undefined) return undefined;
    await failMigrationsOf(nexus, tx, vmmId);
    return lost.instance_id;
  });
  if (instanceId === undefined) return;
  nexus.world.log.warn({ vmm: vmmId, reason }, "VMM lost");
  await startInstanceUpdate(nexus, instanceId);
}
