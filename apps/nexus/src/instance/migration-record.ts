/** The record of a live migration. Each end's sled-agent tells how it goes there, in generations of its own. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { MigrationState, NexusTables } from "../db/schema.ts";

type Tx = Transaction<NexusTables>;

export interface MigrationReport {
  readonly migrationId: string;
  readonly state: MigrationState;
  readonly gen: number;
  /** ISO 8601. */
  readonly timeUpdated: string;
}

export interface MigrationEnds {
  readonly id: string;
  readonly instanceId: string;
  readonly sourceId: string;
  readonly targetId: string;
}

const FINAL: readonly MigrationState[] = ["failed", "completed"];
/** What a sled-agent begins with is not reported as news. */
const FIRST_GENERATION = 1;

export const isMigrationOver = (state: MigrationState): boolean => FINAL.includes(state);

/** Fine when it is there already. */
export async function insertMigration(nexus: NexusContext, tx: Tx, ends: MigrationEnds): Promise<void> {
  await tx
    .insertInto("migration")
    .values({
      id: ends.id,
      instance_id: ends.instanceId,
      time_created: nowText(nexus),
      time_deleted: null,
      source_propolis_id: ends.sourceId,
      source_state: "pending",
      source_gen: FIRST_GENERATION,
      time_source_updated: null,
      target_propolis_id: ends.targetId,
      target_state: "pending",
      target_gen: FIRST_GENERATION,
      time_target_updated: null,
    })
    .onConflict((oc) => oc.column("id").doNothing())
    .execute();
}

/** What the VMM's sled-agent says of a migration out of it. True when it was news. Also of one that is over. */
export async function recordSourceReport(tx: Tx, vmmId: string, report: MigrationReport): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("migration")
    .set({ source_state: report.state, source_gen: report.gen, time_source_updated: iso(report.timeUpdated) })
    .where("id", "=", report.migrationId)
    .where("source_propolis_id", "=", vmmId)
    .where("source_gen", "<", report.gen)
    .where("source_state", "not in", FINAL)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The same of a migration into it. */
export async function recordTargetReport(tx: Tx, vmmId: string, report: MigrationReport): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("migration")
    .set({ target_state: report.state, target_gen: report.gen, time_target_updated: iso(report.timeUpdated) })
    .where("id", "=", report.migrationId)
    .where("target_propolis_id", "=", vmmId)
    .where("target_gen", "<", report.gen)
    .where("target_state", "not in", FINAL)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The VMM was lost: whatever migration it was still in has failed at that end. */
export async function failMigrationsOf(nexus: NexusContext, tx: Tx, vmmId: string): Promise<void> {
  const now = nowText(nexus);
  await tx
    .updateTable("migration")
    .set((eb) => ({ source_state: "failed", source_gen: eb("source_gen", "+", 1), time_source_updated: now }))
    .where("source_propolis_id", "=", vmmId)
    .where("source_state", "not in", FINAL)
    .where("time_deleted", "is", null)
    .execute();
  await tx
    .updateTable("migration")
    .set((eb) => ({ target_state: "failed", target_gen: eb("target_gen", "+", 1), time_target_updated: now }))
    .where("target_propolis_id", "=", vmmId)
    .where("target_state", "not in", FINAL)
    .where("time_deleted", "is", null)
    .execute();
}

/** The migration is no longer the instance's; what its ends still say is recorded all the same. */
export async function endMigration(nexus: NexusContext, tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable("migration")
    .set({ time_deleted: nowText(nexus) })
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .execute();
}

const iso = (time: string): string => new Date(time).toISOString();
