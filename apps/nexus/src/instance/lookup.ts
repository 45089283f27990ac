/** Finds the instance a request names, and lists those of a project. */
import { authorize, type Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { notFoundById, notFoundByName } from "../errors.ts";
import type { ChildSelector, Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupProject, lookupProjectFor } from "../project/lookup.ts";
import { instanceRecords, type InstanceRecord } from "./record.ts";

/** The live instance, which the caller may do `action` to. */
export async function lookupInstance(
  nexus: NexusContext,
  op: OpContext,
  selector: ChildSelector,
  action: Action,
): Promise<InstanceRecord> {
  const missing = "id" in selector ? notFoundById("instance", selector.id) : notFoundByName("instance", selector.name);
  const all = instanceRecords(nexus.store.db);
  const record = await (
    "id" in selector
      ? all.where("instance.id", "=", selector.id)
      : all
          .where("instance.name", "=", selector.name)
          .where("instance.project_id", "=", (await lookupProject(nexus, op, selector.parent, "read")).id)
  ).executeTakeFirst();
  if (record === undefined) throw missing;
  const { project_id: id, silo_id: siloId } = record;
  await authorize(nexus, op, action, { type: "in-project", id, siloId, part: "compute" }, missing);
  return record;
}

const KEYS = { name: "instance.name", id: "instance.id" };

export async function listInstances(
  nexus: NexusContext,
  op: OpContext,
  project: Selector,
  paging: Paging,
): Promise<InstanceRecord[]> {
  const { id } = await lookupProjectFor(nexus, op, project, "list_children", "compute");
  return paginate(instanceRecords(nexus.store.db).where("instance.project_id", "=", id), paging, KEYS).execute();
}
