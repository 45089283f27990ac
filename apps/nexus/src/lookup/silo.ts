/** Silos by name or id, for the operator's calls that name one. */
import { authorize, type Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import type { SiloTable } from "../db/schema.ts";
import { notFoundById, notFoundByName } from "../errors.ts";
import type { OpContext } from "../op-context.ts";
import type { Selector } from "./selector.ts";

export async function lookupSilo(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  action: Action,
): Promise<SiloTable> {
  const missing = "id" in selector ? notFoundById("silo", selector.id) : notFoundByName("silo", selector.name);
  const query = nexus.store.db.selectFrom("silo").selectAll().where("time_deleted", "is", null);
  const silo = await (
    "id" in selector ? query.where("id", "=", selector.id) : query.where("name", "=", selector.name)
  ).executeTakeFirst();
  if (silo === undefined) throw missing;
  await authorize(nexus, op, action, { type: "silo", id: silo.id }, missing);
  return silo;
}
