/** Racks, sleds and switches, and the instances on a sled, for operators. */
import type { Selectable } from "kysely";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { paginateBy } from "../db/paginate.ts";
import type { RackTable, SledTable, SwitchTable, VmmState } from "../db/schema.ts";
import { notFoundById } from "../errors.ts";
import type { OpContext } from "../op-context.ts";

export type RackRow = Selectable<RackTable>;
export type SledRow = Selectable<SledTable>;
export type SwitchRow = Selectable<SwitchTable>;

interface PageById {
  readonly limit: number;
  readonly lastSeen: string | undefined;
}

export async function listRacks(nexus: NexusContext, op: OpContext, page: PageById): Promise<RackRow[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  return paginateBy(nexus.store.db.selectFrom("rack").selectAll(), "id", page).execute();
}

export async function getRack(nexus: NexusContext, op: OpContext, id: string): Promise<RackRow> {
  await authorize(nexus, op, "read", { type: "fleet" }, notFoundById("rack", id));
  const row = await nexus.store.db.selectFrom("rack").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFoundById("rack", id);
  return row;
}

export async function listSleds(nexus: NexusContext, op: OpContext, page: PageById): Promise<SledRow[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  return paginateBy(nexus.store.db.selectFrom("sled").selectAll(), "id", page).execute();
}

export async function getSled(nexus: NexusContext, op: OpContext, id: string): Promise<SledRow> {
  await authorize(nexus, op, "read", { type: "fleet" }, notFoundById("sled", id));
  const row = await nexus.store.db.selectFrom("sled").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFoundById("sled", id);
  return row;
}

export async function listSwitches(nexus: NexusContext, op: OpContext, page: PageById): Promise<SwitchRow[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  return paginateBy(nexus.store.db.selectFrom("switch").selectAll(), "id", page).execute();
}

export async function getSwitch(nexus: NexusContext, op: OpContext, id: string): Promise<SwitchRow> {
  await authorize(nexus, op, "read", { type: "fleet" }, notFoundById("switch", id));
  const row = await nexus.store.db.selectFrom("switch").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFoundById("switch", id);
  return row;
}

export interface SledInstanceRow {
  readonly id: string;
  readonly name: string;
  readonly project_name: string;
  readonly silo_name: string;
  readonly sled_id: string;
  readonly migration_id: string | null;
  readonly state: VmmState;
  readonly ncpus: number;
  readonly memory_bytes: number;
  readonly time_created: string;
  readonly time_modified: string;
}

/** The instances whose active VMM is on the sled, by instance id. */
export async function listSledInstances(
  nexus: NexusContext,
  op: OpContext,
  sledId: string,
  page: PageById,
): Promise<SledInstanceRow[]> {
  await getSled(nexus, op, sledId);
  const query = nexus.store.db
    .selectFrom("vmm")
    .innerJoin("instance", "instance.active_propolis_id", "vmm.id")
    .innerJoin("project", "project.id", "instance.project_id")
    .innerJoin("silo", "silo.id", "project.silo_id")
    .select([
      "instance.id",
      "instance.name",
      "project.name as project_name",
      "silo.name as silo_name",
      "vmm.sled_id",
      "instance.migration_id",
      "vmm.state",
      "instance.ncpus",
      "instance.memory_bytes",
      "instance.time_created",
      "instance.time_modified",
    ])
    .where("vmm.sled_id", "=", sledId)
    .where("vmm.time_deleted", "is", null)
    .where("instance.time_deleted", "is", null);
  return paginateBy(query, "instance.id", page).execute();
}
