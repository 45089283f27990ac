/** VPCs of a project. */
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, type IdentityChange } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { VpcTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupProjectFor } from "../project/lookup.ts";
import { insertVpc, planVpc, type VpcSpec } from "./create.ts";
import { lookupVpc, type VpcSelector } from "./lookup.ts";
import { renameInRules } from "./rename.ts";

export async function createVpc(
  nexus: NexusContext,
  op: OpContext,
  project: Selector,
  spec: VpcSpec,
): Promise<VpcTable> {
  const { id } = await lookupProjectFor(nexus, op, project, "create_child", "network");
  const plan = planVpc(nexus, id, spec);
  return refusingSameName(
    "vpc",
    spec.name,
    nexus.store.transaction(async (tx) => {
      await requireLive(tx, "project", id);
      return insertVpc(nexus, tx, plan);
    }),
  );
}

export async function listVpcs(
  nexus: NexusContext,
  op: OpContext,
  project: Selector,
  paging: Paging,
): Promise<VpcTable[]> {
  const { id } = await lookupProjectFor(nexus, op, project, "list_children", "network");
  const vpcs = nexus.store.db
    .selectFrom("vpc")
    .selectAll()
    .where("project_id", "=", id)
    .where("time_deleted", "is", null);
  return paginate(vpcs, paging).execute();
}

export interface VpcChange extends IdentityChange {
  readonly dnsName?: string | null | undefined;
}

export async function updateVpc(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  change: VpcChange,
): Promise<VpcTable> {
  const vpc = await lookupVpc(nexus, op, selector, "modify");
  const columns = {
    ...changedIdentity(nexus, change),
    ...(change.dnsName == null ? {} : { dns_name: change.dnsName }),
  };
  const work = nexus.store.transaction(async (tx) => {
    await tx.updateTable("vpc").set(columns).where("id", "=", vpc.id).execute();
    if (columns.name === undefined || columns.name === vpc.name) return;
    await renameInRules(tx, vpc.id, { type: "vpc", from: vpc.name, to: columns.name });
  });
  await refusingSameName("vpc", change.name ?? vpc.name, work);
  return { ...vpc, ...columns };
}

/** With its routers, gateways and firewall rules; refused while it has subnets. */
export async function deleteVpc(nexus: NexusContext, op: OpContext, selector: VpcSelector): Promise<void> {
  const { id } = await lookupVpc(nexus, op, selector, "delete");
  const gone = { time_deleted: nowText(nexus) };
  await nexus.store.transaction(async (tx) => {
    const subnet = await tx
      .selectFrom("vpc_subnet")
      .select("id")
      .where("vpc_id", "=", id)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (subnet !== undefined) throw invalidRequest("VPC cannot be deleted while VPC Subnets exist");
    const routers = tx.selectFrom("vpc_router").select("id").where("vpc_id", "=", id);
    await tx
      .updateTable("router_route")
      .set(gone)
      .where("vpc_router_id", "in", routers)
      .where("time_deleted", "is", null)
      .execute();
    for (const table of ["vpc_router", "internet_gateway", "vpc_firewall_rule"] as const) {
      await tx.updateTable(table).set(gone).where("vpc_id", "=", id).where("time_deleted", "is", null).execute();
    }
    await tx.updateTable("vpc").set(gone).where("id", "=", id).execute();
  });
}
