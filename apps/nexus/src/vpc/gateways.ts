/** Internet gateways of a VPC: what default routes point at. */
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { newIdentity, type NewIdentity } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { InternetGatewayTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupGateway, lookupVpc, type InVpc, type VpcSelector } from "./lookup.ts";

export async function createGateway(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  identity: NewIdentity,
): Promise<InternetGatewayTable> {
  const vpc = await lookupVpc(nexus, op, selector, "create_child");
  const gateway = { ...newIdentity(nexus, identity), vpc_id: vpc.id };
  const work = nexus.store.transaction(async (tx) => {
    await requireLive(tx, "vpc", vpc.id);
    await tx.insertInto("internet_gateway").values(gateway).execute();
  });
  await refusingSameName("internet-gateway", identity.name, work);
  return gateway;
}

export async function listGateways(
  nexus: NexusContext,
  op: OpContext,
  selector: VpcSelector,
  paging: Paging,
): Promise<InternetGatewayTable[]> {
  const vpc = await lookupVpc(nexus, op, selector, "list_children");
  const gateways = nexus.store.db
    .selectFrom("internet_gateway")
    .selectAll()
    .where("vpc_id", "=", vpc.id)
    .where("time_deleted", "is", null);
  return paginate(gateways, paging).execute();
}

/** Refused while routes of the VPC point at it, unless `cascade`: then they go with it. */
export async function deleteGateway(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
  cascade: boolean,
): Promise<void> {
  const { gateway, vpc } = await lookupGateway(nexus, op, selector, where, "delete");
  const target = JSON.stringify({ type: "internet_gateway", value: gateway.name });
  const gone = { time_deleted: nowText(nexus) };
  await nexus.store.transaction(async (tx) => {
    const routers = tx.selectFrom("vpc_router").select("id").where("vpc_id", "=", vpc.id);
    const route = await tx
      .selectFrom("router_route")
      .select("name")
      .where("vpc_router_id", "in", routers)
      .where("target", "=", target)
      .where("time_deleted", "is", null)
      .limit(1)
      .executeTakeFirst();
    if (route !== undefined && !cascade) {
      throw invalidRequest(
        `Route "${route.name}" references this gateway. To perform a cascading delete set the cascade option`,
      );
    }
    await tx
      .updateTable("router_route")
      .set(gone)
      .where("vpc_router_id", "in", routers)
      .where("target", "=", target)
      .where("time_deleted", "is", null)
      .execute();
    await tx.updateTable("internet_gateway").set(gone).where("id", "=", gateway.id).execute();
  });
}
