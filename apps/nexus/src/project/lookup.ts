/** Projects, and the rights to what is in them. */
import { authorize, type Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import type { ProjectTable } from "../db/schema.ts";
import { notFoundById, notFoundByName, type NexusError } from "../errors.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";

/** The live project, which the caller may do `action` to. A name is one of the caller's silo. */
export async function lookupProject(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  action: Action,
): Promise<ProjectTable> {
  const { project, missing } = await findProject(nexus, op, selector);
  await authorize(nexus, op, action, { type: "project", id: project.id, siloId: project.silo_id }, missing);
  return project;
}

/** The live project, in which the caller may do `action` to (or with) things of that part. */
export async function lookupProjectFor(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  action: Action,
  part: "compute" | "network",
): Promise<ProjectTable> {
  const { project, missing } = await findProject(nexus, op, selector);
  const resource = { type: "in-project", id: project.id, siloId: project.silo_id, part } as const;
  await authorize(nexus, op, action, resource, missing);
  return project;
}

/** As lookupProjectFor, for a thing that was found; `missing` is what a caller who may not see it is told. */
export async function authorizeInProject(
  nexus: NexusContext,
  op: OpContext,
  action: Action,
  thing: { readonly projectId: string; readonly siloId: string; readonly part: "compute" | "network" },
  missing: NexusError,
): Promise<void> {
  const { projectId, siloId, part } = thing;
  await authorize(nexus, op, action, { type: "in-project", id: projectId, siloId, part }, missing);
}

async function findProject(nexus: NexusContext, op: OpContext, selector: Selector) {
  const missing = "id" in selector ? notFoundById("project", selector.id) : notFoundByName("project", selector.name);
  const query = nexus.store.db.selectFrom("project").selectAll().where("time_deleted", "is", null);
  const project = await (
    "id" in selector
      ? query.where("id", "=", selector.id)
      : query.where("name", "=", selector.name).where("silo_id", "=", ownSilo(op))
  ).executeTakeFirst();
  if (project === undefined) throw missing;
  return { project, missing };
}
