/** How much a silo may use. */
import type { Selectable } from "kysely";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { paginateBy } from "../db/paginate.ts";
import type { SiloQuotasTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupSilo } from "../lookup/silo.ts";

export interface Quotas {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
}

export type QuotasRow = Selectable<SiloQuotasTable>;

const NAMES = { cpus: "CPU", memoryBytes: "Memory", storageBytes: "Storage" } as const;

/** Throws invalid-request for a negative quota. */
export function checkQuotas(doing: "create" | "update", quotas: Partial<Quotas>): void {
  for (const key of ["cpus", "memoryBytes", "storageBytes"] as const) {
    const value = quotas[key] ?? 0;
    if (value >= 0) continue;
    throw invalidRequest(`Cannot ${doing} silo quota: ${NAMES[key]} quota must not be negative, got ${value}`);
  }
}

export async function getQuotas(nexus: NexusContext, op: OpContext, selector: Selector): Promise<QuotasRow> {
  const { id } = await lookupSilo(nexus, op, selector, "read");
  return nexus.store.db.selectFrom("silo_quotas").selectAll().where("silo_id", "=", id).executeTakeFirstOrThrow();
}

/** By silo id. */
export async function listQuotas(
  nexus: NexusContext,
  op: OpContext,
  page: { readonly limit: number; readonly lastSeen: string | undefined },
): Promise<QuotasRow[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  return paginateBy(nexus.store.db.selectFrom("silo_quotas").selectAll(), "silo_id", page).execute();
}

/**
 * Only what is given changes. What a silo already uses beyond a lower quota stays. Takes the same right as creating a silo:
 * what limits a silo is not for its own administrators to lift.
 */
export async function updateQuotas(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  changes: Partial<Quotas>,
): Promise<QuotasRow> {
  const { id } = await lookupSilo(nexus, op, selector, "modify");
  await authorize(nexus, op, "create_child", { type: "fleet" });
  checkQuotas("update", changes);
  const { cpus, memoryBytes, storageBytes } = changes;
  const set = {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryBytes === undefined ? {} : { memory_bytes: memoryBytes }),
    ...(storageBytes === undefined ? {} : { storage_bytes: storageBytes }),
  };
  if (Object.keys(set).length > 0) {
    await nexus.store.db.updateTable("silo_quotas").set(set).where("silo_id", "=", id).execute();
  }
  return nexus.store.db.selectFrom("silo_quotas").selectAll().where("silo_id", "=", id).executeTakeFirstOrThrow();
}
