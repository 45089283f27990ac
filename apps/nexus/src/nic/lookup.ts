/** Finds the network interface a request names: by id, or by name within its instance. */
import { authorize, type Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { notFoundById, notFoundByName } from "../errors.ts";
import { lookupInstance } from "../instance/lookup.ts";
import { childSelector, IN_PROJECT, type Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import type { NicRow } from "./create.ts";

const WORDS = {
  surplusParent: "when providing network interface as an ID instance and project should not be specified",
  missingParent: "network interface should either be UUID or instance should be specified",
};

export interface NicSelector {
  readonly nic: Selector;
  readonly instance: Selector | undefined;
  readonly project: Selector | undefined;
}

/** The live interface; `action` is asked of its instance. */
export async function lookupNic(
  nexus: NexusContext,
  op: OpContext,
  { nic, instance, project }: NicSelector,
  action: Action,
): Promise<NicRow> {
  const child = childSelector(nic, [instance, project], WORDS);
  const live = nexus.store.db.selectFrom("network_interface").selectAll().where("time_deleted", "is", null);
  if ("name" in child) {
    const parent = childSelector(child.parent, [project], IN_PROJECT.instance);
    const { id } = await lookupInstance(nexus, op, parent, action);
    const row = await live.where("instance_id", "=", id).where("name", "=", child.name).executeTakeFirst();
    if (row === undefined) throw notFoundByName("instance-network-interface", child.name);
    return row;
  }
  const missing = notFoundById("instance-network-interface", child.id);
  const row = await live.where("id", "=", child.id).executeTakeFirst();
  if (row === undefined) throw missing;
  const owner = await nexus.store.db
    .selectFrom("instance")
    .innerJoin("project", "project.id", "instance.project_id")
    .select(["project.id", "project.silo_id as siloId"])
    .where("instance.id", "=", row.instance_id)
    .executeTakeFirstOrThrow();
  await authorize(nexus, op, action, { type: "in-project", ...owner, part: "compute" }, missing);
  return row;
}

export function listNics(nexus: NexusContext, instanceId: string, paging: Paging): Promise<NicRow[]> {
  const nics = nexus.store.db
    .selectFrom("network_interface")
    .selectAll()
    .where("instance_id", "=", instanceId)
    .where("time_deleted", "is", null);
  return paginate(nics, paging).execute();
}
