/** Projects: a new one comes with a default VPC; one that still holds something cannot be deleted. */
import type { Transaction } from "kysely";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, newIdentity, type IdentityChange, type NewIdentity } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { NexusTables, ProjectTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { insertVpc, planVpc } from "../vpc/create.ts";
import { lookupProject } from "./lookup.ts";

export async function createProject(nexus: NexusContext, op: OpContext, identity: NewIdentity): Promise<ProjectTable> {
  const siloId = ownSilo(op);
  await authorize(nexus, op, "create_child", { type: "silo", id: siloId });
  const project = { ...newIdentity(nexus, identity), silo_id: siloId };
  const work = nexus.store.transaction(async (tx) => {
    await requireLive(tx, "silo", siloId);
    await tx.insertInto("project").values(project).execute();
    const plan = planVpc(nexus, project.id, { name: "default", description: "Default VPC", dnsName: "default" });
    await insertVpc(nexus, tx, plan);
    return project;
  });
  return refusingSameName("project", identity.name, work);
}

export async function listProjects(nexus: NexusContext, op: OpContext, paging: Paging): Promise<ProjectTable[]> {
  const siloId = ownSilo(op);
  await authorize(nexus, op, "list_children", { type: "silo", id: siloId });
  const projects = nexus.store.db
    .selectFrom("project")
    .selectAll()
    .where("silo_id", "=", siloId)
    .where("time_deleted", "is", null);
  return paginate(projects, paging).execute();
}

export async function updateProject(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  change: IdentityChange,
): Promise<ProjectTable> {
  const project = await lookupProject(nexus, op, selector, "modify");
  const columns = changedIdentity(nexus, change);
  const work = nexus.store.db.updateTable("project").set(columns).where("id", "=", project.id).execute();
  await refusingSameName("project", change.name ?? project.name, work);
  return { ...project, ...columns };
}

export async function deleteProject(nexus: NexusContext, op: OpContext, selector: Selector): Promise<void> {
  const project = await lookupProject(nexus, op, selector, "delete");
  await nexus.store.transaction(async (tx) => {
    const content = await findContent(tx, project.id);
    if (content !== undefined) throw invalidRequest(`project to be deleted contains ${content}`);
    await tx
      .updateTable("project")
      .set({ time_deleted: nowText(nexus) })
      .where("id", "=", project.id)
      .execute();
    await tx
      .deleteFrom("role_assignment")
      .where("resource_type", "=", "project")
      .where("resource_id", "=", project.id)
      .execute();
  });
}

/** The first thing that keeps the project, in upstream's order and words. */
async function findContent(tx: Transaction<NexusTables>, projectId: string): Promise<string | undefined> {
  for (const [table, what] of CONTENTS) {
    const row = await tx
      .selectFrom(table)
      .select("name")
      .where("project_id", "=", projectId)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) return `${what}: ${row.name ?? ""}`;
  }
  return undefined;
}

// An external IP belongs to a project only if it is a floating one.
const CONTENTS = [
  ["instance", "an instance"],
  ["external_ip", "a floating ip"],
  ["vpc", "a vpc"],
] as const;
