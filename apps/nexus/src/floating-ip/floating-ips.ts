/** Floating IPs of a project. Attaching and detaching are sagas' work. */
import type { Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, type IdentityChange, type NewIdentity } from "../db/identity.ts";
import { literal } from "../db/literal.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { invalidRequest, notFoundById, notFoundByName } from "../errors.ts";
import { allocateFloating, type ExternalIp, type FloatingAddress } from "../external-ip/allocate.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import { childSelector, IN_PROJECT, type Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { authorizeInProject, lookupProjectFor } from "../project/lookup.ts";

/** An external IP of kind floating: it has a name, a description and a project. */
export type FloatingIp = ExternalIp & {
  readonly name: string;
  readonly description: string;
  readonly project_id: string;
};

export interface FloatingIpSelector {
  readonly floatingIp: Selector;
  readonly project: Selector | undefined;
}

export async function lookupFloatingIp(
  nexus: NexusContext,
  op: OpContext,
  { floatingIp, project }: FloatingIpSelector,
  action: Action,
): Promise<FloatingIp> {
  const child = childSelector(floatingIp, [project], IN_PROJECT.floatingIp);
  const missing = "id" in child ? notFoundById("floating-ip", child.id) : notFoundByName("floating-ip", child.name);
  const live = nexus.store.db
    .selectFrom("external_ip")
    .innerJoin("project", "project.id", "external_ip.project_id")
    .selectAll("external_ip")
    .select("project.silo_id")
    .where("external_ip.kind", "=", literal("floating"))
    .where("external_ip.time_deleted", "is", null);
  const inParent = async (parent: Selector, name: string) => {
    const { id } = await lookupProjectFor(nexus, op, parent, "read", "compute");
    return live.where("external_ip.project_id", "=", id).where("external_ip.name", "=", name);
  };
  const query = "id" in child ? live.where("external_ip.id", "=", child.id) : await inParent(child.parent, child.name);
  const found = await query.executeTakeFirst();
  if (found === undefined) throw missing;
  const { silo_id: siloId, ...row } = found;
  const floating = asFloating(row);
  await authorizeInProject(nexus, op, action, { projectId: floating.project_id, siloId, part: "compute" }, missing);
  return floating;
}

export async function listFloatingIps(
  nexus: NexusContext,
  op: OpContext,
  project: Selector,
  paging: Paging,
): Promise<FloatingIp[]> {
  const { id } = await lookupProjectFor(nexus, op, project, "list_children", "compute");
  const rows = nexus.store.db
    .selectFrom("external_ip")
    .selectAll()
    .where("project_id", "=", id)
    .where("kind", "=", literal("floating"))
    .where("time_deleted", "is", null);
  return (await paginate(rows, paging).execute()).map(asFloating);
}

export async function createFloatingIp(
  nexus: NexusContext,
  op: OpContext,
  project: Selector,
  spec: NewIdentity & { readonly address: FloatingAddress },
): Promise<FloatingIp> {
  const { id: projectId } = await lookupProjectFor(nexus, op, project, "create_child", "compute");
  const { name, description, address } = spec;
  const request = { id: nexus.world.ids.uuid(), projectId, siloId: ownSilo(op), name, description, address };
  return asFloating(await allocateFloating(nexus, request));
}

export async function updateFloatingIp(
  nexus: NexusContext,
  op: OpContext,
  selector: FloatingIpSelector,
  change: IdentityChange,
): Promise<FloatingIp> {
  const floating = await lookupFloatingIp(nexus, op, selector, "modify");
  const columns = changedIdentity(nexus, change);
  const work = nexus.store.db
    .updateTable("external_ip")
    .set(columns)
    .where("id", "=", floating.id)
    .where("time_deleted", "is", null)
    .execute();
  await refusingSameName("floating-ip", change.name ?? floating.name, work);
  return { ...floating, ...columns };
}

export async function deleteFloatingIp(
  nexus: NexusContext,
  op: OpContext,
  selector: FloatingIpSelector,
): Promise<void> {
  const { id } = await lookupFloatingIp(nexus, op, selector, "delete");
  const { numUpdatedRows } = await nexus.store.db
    .updateTable("external_ip")
    .set({ time_deleted: nowText(nexus) })
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .where("state", "=", "detached")
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const row = await nexus.store.db
    .selectFrom("external_ip")
    .select("time_deleted")
    .where("id", "=", id)
    .executeTakeFirst();
  // Somebody else deleted it in between: it is gone, as asked.
  if (row?.time_deleted != null) return;
  throw invalidRequest("Floating IP cannot be deleted while attached to an instance");
}

// The table's own check guarantees the three columns for this kind.
function asFloating(row: ExternalIp): FloatingIp {
  const { name, description, project_id } = row;
  if (name === null || description === null || project_id === null) throw new TypeError(`${row.id} is no floating IP`);
  return { ...row, name, description, project_id };
}
