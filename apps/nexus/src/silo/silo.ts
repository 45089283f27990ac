/** Silos: create, list, delete. */
import type { Transaction } from "kysely";
import { UniqueViolation } from "@racklet/store";
import { authorize } from "../authz/authorize.ts";
import type { FleetRole, SiloRole } from "../authz/roles.ts";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import type { NexusTables, SiloTable } from "../db/schema.ts";
import { alreadyExists, invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupSilo } from "../lookup/silo.ts";
import { checkQuotas, type Quotas } from "./quotas.ts";

export interface NewSilo {
  readonly name: string;
  readonly description: string;
  readonly discoverable: boolean;
  /** Where its users come from: only those of `local_only` can be made here. */
  readonly identityMode: SiloTable["identity_mode"];
  readonly adminGroupName: string | null;
  /** Which roles on the fleet each role on the silo confers. */
  readonly mappedFleetRoles: Partial<Record<SiloRole, readonly FleetRole[]>>;
  readonly quotas: Quotas;
}

/** The discoverable ones. */
export async function listSilos(nexus: NexusContext, op: OpContext, paging: Paging): Promise<SiloTable[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  const query = nexus.store.db
    .selectFrom("silo")
    .selectAll()
    .where("discoverable", "=", 1)
    .where("time_deleted", "is", null);
  return paginate(query, paging).execute();
}

/** Without users; those of another mode than `local_only` would come from an identity provider, of which there is none. */
export async function createSilo(nexus: NexusContext, op: OpContext, silo: NewSilo): Promise<SiloTable> {
  await authorize(nexus, op, "create_child", { type: "fleet" });
  // Else whoever may create a silo could make themselves administrator of the fleet.
  if (Object.keys(silo.mappedFleetRoles).length > 0) await authorize(nexus, op, "modify", { type: "fleet" });
  checkQuotas("create", silo.quotas);
  try {
    return await nexus.store.transaction((tx) =>
      insertSilo(tx, { ...silo, id: nexus.world.ids.uuid() }, nowText(nexus)),
    );
  } catch (error) {
    if (error instanceof UniqueViolation) throw alreadyExists("silo", silo.name);
    throw error;
  }
}

/** The rows of a silo: itself and its quotas. */
export async function insertSilo(
  tx: Transaction<NexusTables>,
  silo: NewSilo & { readonly id: string },
  now: string,
): Promise<SiloTable> {
  const { id, name, description, adminGroupName, discoverable, identityMode, mappedFleetRoles, quotas } = silo;
  const row: SiloTable = {
    id,
    name,
    description,
    time_created: now,
    time_modified: now,
    time_deleted: null,
    discoverable: discoverable ? 1 : 0,
    identity_mode: identityMode,
    admin_group_name: adminGroupName,
    mapped_fleet_roles: JSON.stringify(mappedFleetRoles),
  };
  await tx.insertInto("silo").values(row).execute();
  await tx
    .insertInto("silo_quotas")
    .values({ silo_id: id, cpus: quotas.cpus, memory_bytes: quotas.memoryBytes, storage_bytes: quotas.storageBytes })
    .execute();
  return row;
}

/** Its users, their credentials and its role assignments go with it. Throws invalid-request while it has projects. */
export async function deleteSilo(nexus: NexusContext, op: OpContext, selector: Selector): Promise<void> {
  const { id } = await lookupSilo(nexus, op, selector, "delete");
  const now = nowText(nexus);
  await nexus.store.transaction(async (tx) => {
    const project = await tx
      .selectFrom("project")
      .select("name")
      .where("silo_id", "=", id)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (project !== undefined) {
      throw invalidRequest(`silo to be deleted contains a project ("${project.name}")`);
    }
    const users = tx.selectFrom("silo_user").select("id").where("silo_id", "=", id);
    await tx.deleteFrom("console_session").where("silo_user_id", "in", users).execute();
    await tx.deleteFrom("device_access_token").where("silo_user_id", "in", users).execute();
    await tx.deleteFrom("role_assignment").where("identity_id", "in", users).execute();
    await tx.deleteFrom("role_assignment").where("resource_type", "=", "silo").where("resource_id", "=", id).execute();
    await tx.deleteFrom("ip_pool_silo").where("silo_id", "=", id).execute();
    await tx.deleteFrom("silo_quotas").where("silo_id", "=", id).execute();
    await tx
      .updateTable("silo_user")
      .set({ time_deleted: now, time_modified: now })
      .where("silo_id", "=", id)
      .where("time_deleted", "is", null)
      .execute();
    await tx.updateTable("silo").set({ time_deleted: now, time_modified: now }).where("id", "=", id).execute();
  });
}
