/** What sled-agents tell of their sleds. A record changes only for a newer generation, and never once decommissioned. */
import type { Selectable, Transaction } from "kysely";
import { UniqueViolation } from "@racklet/store";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables, SledTable } from "../db/schema.ts";
import { conflict, notFoundById } from "../errors.ts";

export type SledRow = Selectable<SledTable>;

/** What a sled-agent says of its sled: the columns that are its own. */
export type SledReport = Pick<
  SledRow,
  | "id"
  | "sled_agent_address"
  | "underlay_address"
  | "repo_depot_port"
  | "dpd_url"
  | "serial_number"
  | "part_number"
  | "revision"
  | "is_scrimlet"
  | "usable_hardware_threads"
  | "usable_physical_ram"
  | "reservoir_size"
  | "cpu_family"
  | "sled_agent_gen"
>;

/** Cubbies of a rack. */
const CUBBIES = 32;

export async function getSled(nexus: NexusContext, id: string): Promise<SledRow> {
  const row = await nexus.store.db.selectFrom("sled").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFoundById("sled", id);
  return row;
}

/**
 * Records the sled. Throws `conflict`, naming the current generation, for a generation that is not newer; for a
 * decommissioned sled; and for a board that another sled has.
 */
export async function registerSled(nexus: NexusContext, report: SledReport): Promise<void> {
  try {
    await nexus.store.transaction((tx) => record(nexus, tx, report));
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw conflict(`another sled has the board ${report.part_number} ${report.serial_number}`);
  }
}

async function record(nexus: NexusContext, tx: Transaction<NexusTables>, report: SledReport): Promise<void> {
  const now = nowText(nexus);
  const known = await tx
    .selectFrom("sled")
    .select(["state", "sled_agent_gen"])
    .where("id", "=", report.id)
    .executeTakeFirst();
  if (known === undefined) {
    await tx
      .insertInto("sled")
      .values({
        ...report,
        time_created: now,
        time_modified: now,
        rack_id: nexus.config.rackId,
        slot: await freeCubby(tx),
        policy: "in_service",
        provision_policy: "provisionable",
        state: "active",
      })
      .execute();
    return;
  }
  if (known.state === "decommissioned") throw conflict(`sled ${report.id} is decommissioned`);
  if (report.sled_agent_gen <= known.sled_agent_gen) {
    throw conflict(
      `generation ${report.sled_agent_gen} of sled ${report.id} is not newer than the recorded ${known.sled_agent_gen}`,
    );
  }
  const { id, ...columns } = report;
  await tx
    .updateTable("sled")
    .set({ ...columns, time_modified: now })
    .where("id", "=", id)
    .execute();
}

/** A real rack finds the cubby by asking the service processors; here sleds take them in the order in which they come. */
async function freeCubby(tx: Transaction<NexusTables>): Promise<number | null> {
  const taken = await tx.selectFrom("sled").select("slot").where("state", "=", literal("active")).execute();
  const slots = new Set(taken.map(({ slot }) => slot));
  for (let slot = 0; slot < CUBBIES; slot++) if (!slots.has(slot)) return slot;
  return null;
}

export interface SwitchReport {
  readonly id: string;
  readonly rack_id: string;
  readonly serial_number: string;
  readonly part_number: string;
  readonly revision: number;
}

/** Records that a switch is there; repeating it changes nothing but the time. */
export async function registerSwitch(nexus: NexusContext, report: SwitchReport): Promise<void> {
  const now = nowText(nexus);
  const { id, ...columns } = report;
  await nexus.store.db
    .insertInto("switch")
    .values({ id, ...columns, time_created: now, time_modified: now })
    .onConflict((oc) => oc.column("id").doUpdateSet({ ...columns, time_modified: now }))
    .execute();
}
