/** What silos have (their quotas) and use: instances with a VMM take CPUs and memory; nothing takes storage. */
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import type { Selector } from "../lookup/selector.ts";
import { lookupSilo } from "../lookup/silo.ts";
import type { OpContext } from "../op-context.ts";
import { DEFAULT_SILO_ID } from "../populate/populate.ts";

export interface Resources {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
}

export interface SiloUse {
  readonly id: string;
  readonly name: string;
  readonly allocated: Resources;
  readonly provisioned: Resources;
}

/** Of the caller's own silo. */
export async function ownUtilization(nexus: NexusContext, op: OpContext): Promise<SiloUse> {
  const silo = await lookupSilo(nexus, op, { id: ownSilo(op) }, "list_children");
  return useOf(nexus, silo);
}

export async function siloUtilization(nexus: NexusContext, op: OpContext, selector: Selector): Promise<SiloUse> {
  const silo = await lookupSilo(nexus, op, selector, "read");
  return useOf(nexus, silo);
}

/**
 * Of the silos that show in lists, and of hidden ones that have a quota; never of the built-in one, whose quota is without
 * meaning.
 */
export async function listUtilization(nexus: NexusContext, op: OpContext, paging: Paging): Promise<SiloUse[]> {
  await authorize(nexus, op, "list_children", { type: "fleet" });
  const silos = nexus.store.db
    .selectFrom("silo")
    .innerJoin("silo_quotas as quotas", "quotas.silo_id", "silo.id")
    .select(["silo.id", "silo.name"])
    .where("silo.id", "<>", DEFAULT_SILO_ID)
    .where((eb) =>
      eb.or([
        eb("silo.discoverable", "=", 1),
        eb("quotas.cpus", ">", 0),
        eb("quotas.memory_bytes", ">", 0),
        eb("quotas.storage_bytes", ">", 0),
      ]),
    )
    .where("silo.time_deleted", "is", null);
  return usesOf(nexus, await paginate(silos, paging, { name: "silo.name", id: "silo.id" }).execute());
}

interface Silo {
  readonly id: string;
  readonly name: string;
}

async function useOf(nexus: NexusContext, silo: Silo): Promise<SiloUse> {
  const [use] = await usesOf(nexus, [silo]);
  if (use === undefined) throw new Error(`no utilization of silo ${silo.id}`);
  return use;
}

/** Two queries for a whole page. */
async function usesOf(nexus: NexusContext, silos: readonly Silo[]): Promise<SiloUse[]> {
  if (silos.length === 0) return [];
  const ids = silos.map(({ id }) => id);
  const { db } = nexus.store;
  const quotas = await db.selectFrom("silo_quotas").selectAll().where("silo_id", "in", ids).execute();
  const used = await db
    .selectFrom("instance")
    .innerJoin("project", "project.id", "instance.project_id")
    .select((eb) => [
      "project.silo_id",
      eb.fn.sum<number>("instance.ncpus").as("cpus"),
      eb.fn.sum<number>("instance.memory_bytes").as("memory"),
    ])
    .where("project.silo_id", "in", ids)
    .where("instance.state", "=", "vmm")
    .where("instance.time_deleted", "is", null)
    .groupBy("project.silo_id")
    .execute();
  const quotasOf = new Map(quotas.map((row) => [row.silo_id, row]));
  const usedOf = new Map(used.map((row) => [row.silo_id, row]));
  return silos.map(({ id, name }) => {
    const quota = quotasOf.get(id);
    const use = usedOf.get(id);
    return {
      id,
      name,
      allocated: {
        cpus: quota?.cpus ?? 0,
        memoryBytes: quota?.memory_bytes ?? 0,
        storageBytes: quota?.storage_bytes ?? 0,
      },
      provisioned: { cpus: use?.cpus ?? 0, memoryBytes: use?.memory ?? 0, storageBytes: 0 },
    };
  });
}
