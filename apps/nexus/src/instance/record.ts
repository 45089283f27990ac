/** Instances as the rest of the code sees them: the row, its silo, and its active VMM where there is one. */
import type { Kysely, Selectable } from "kysely";
import type { NexusContext } from "../context.ts";
import type { InstanceTable, NexusTables, VmmState } from "../db/schema.ts";
import { notFoundById } from "../errors.ts";

export interface InstanceRecord extends Selectable<InstanceTable> {
  readonly silo_id: string;
  /** Of the active VMM; null without one. */
  readonly vmm_state: VmmState | null;
  readonly vmm_sled_id: string | null;
  readonly vmm_time_state_updated: string | null;
}

/** Live instances, each with its VMM. */
export function instanceRecords(db: Kysely<NexusTables>) {
  return db
    .selectFrom("instance")
    .innerJoin("project", "project.id", "instance.project_id")
    .leftJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .selectAll("instance")
    .select([
      "project.silo_id",
      "vmm.state as vmm_state",
      "vmm.sled_id as vmm_sled_id",
      "vmm.time_state_updated as vmm_time_state_updated",
    ])
    .where("instance.time_deleted", "is", null);
}

/** Throws object-not-found. */
export async function getInstance(nexus: NexusContext, id: string): Promise<InstanceRecord> {
  const record = await instanceRecords(nexus.store.db).where("instance.id", "=", id).executeTakeFirst();
  if (record === undefined) throw notFoundById("instance", id);
  return record;
}
