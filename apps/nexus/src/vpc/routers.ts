/** Routers of a VPC: the system's own, and custom ones that subnets may be attached to. */
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, newIdentity, type IdentityChange, type NewIdentity } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { VpcRouterTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupRouter, lookupVpc, type InVpc, type VpcSelector } from "./lookup.ts";

export async function createRouter(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  identity: NewIdentity,
): Promise<VpcRouterTable> {
  const vpc = await lookupVpc(nexus, op, selector, "create_child");
  const router = { ...newIdentity(nexus, identity), vpc_id: vpc.id, kind: "custom" } as const;
  const work = nexus.store.transaction(async (tx) => {
    await requireLive(tx, "vpc", vpc.id);
    await tx.insertInto("vpc_router").values(router).execute();
  });
  await refusingSameName("vpc-router", identity.name, work);
  return router;
}

export async function listRouters(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  paging: Paging,
): Promise<VpcRouterTable[]> {
  const vpc = await lookupVpc(nexus, op, selector, "list_children");
  const routers = nexus.store.db
    .selectFrom("vpc_router")
    .selectAll()
    .where("vpc_id", "=", vpc.id)
    .where("time_deleted", "is", null);
  return paginate(routers, paging).execute();
}

export async function updateRouter(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
  change: IdentityChange,
): Promise<VpcRouterTable> {
  const { router } = await lookupRouter(nexus, op, selector, where, "modify");
  const columns = changedIdentity(nexus, change);
  const work = nexus.store.db.updateTable("vpc_router").set(columns).where("id", "=", router.id).execute();
  await refusingSameName("vpc-router", change.name ?? router.name, work);
  return { ...router, ...columns };
}

/** With its routes; subnets that were attached to it fall back to the system router. */
export async function deleteRouter(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
): Promise<void> {
  const { router } = await lookupRouter(nexus, op, selector, where, "delete");
  if (router.kind === "system") throw invalidRequest("cannot delete system router");
  const now = nowText(nexus);
  await nexus.store.transaction(async (tx) => {
    await tx
      .updateTable("router_route")
      .set({ time_deleted: now })
      .where("vpc_router_id", "=", router.id)
      .where("time_deleted", "is", null)
      .execute();
    await tx
      .updateTable("vpc_subnet")
      .set({ custom_router_id: null, time_modified: now })
      .where("custom_router_id", "=", router.id)
      .where("time_deleted", "is", null)
      .execute();
    await tx.updateTable("vpc_router").set({ time_deleted: now }).where("id", "=", router.id).execute();
  });
}
