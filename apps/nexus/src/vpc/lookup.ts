/** VPCs and what is in them, by id or by name within their parent, with the right to do something to them. */
import type { Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import type { InternetGatewayTable, RouterRouteTable, VpcRouterTable, VpcSubnetTable, VpcTable } from "../db/schema.ts";
import { notFoundById, notFoundByName, type NexusError } from "../errors.ts";
import {
  childSelector,
  IN_PROJECT,
  type ChildSelector,
  type Selector,
  type SelectorWords,
} from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { authorizeInProject, lookupProjectFor } from "../project/lookup.ts";

export interface VpcSelector {
  readonly vpc: Selector;
  readonly project: Selector | undefined;
}

/** What a request says of where in a VPC something is. */
export interface InVpc {
  readonly vpc?: Selector | undefined;
  readonly project?: Selector | undefined;
}

export interface InRouter extends InVpc {
  readonly router?: Selector | undefined;
}

const inVpc = (what: string, comma: string): SelectorWords => ({
  surplusParent: `when providing ${what} as an ID${comma} vpc and project should not be specified`,
  missingParent: `${what} should either be an ID or vpc should be specified`,
});
const SUBNET = inVpc("subnet", ",");
const ROUTER = inVpc("router", "");
const GATEWAY = inVpc("gateway", "");
const ROUTE: SelectorWords = {
  surplusParent: "when providing route as an ID router, subnet, vpc, and project should not be specified",
  missingParent: "route should either be an ID or router should be specified",
};

export async function lookupVpc(
  nexus: NexusContext,
  op: OpContext,
  { vpc: selector, project }: VpcSelector,
  action: Action,
): Promise<VpcTable> {
  const child = childSelector(selector, [project], IN_PROJECT.vpc);
  const vpcs = nexus.store.db.selectFrom("vpc").selectAll().where("time_deleted", "is", null);
  if ("id" in child) {
    return authorized(nexus, op, action, await vpcs.where("id", "=", child.id).executeTakeFirst(), child, "vpc");
  }
  const parent = await lookupProjectFor(nexus, op, child.parent, "read", "network");
  const vpc = await vpcs.where("project_id", "=", parent.id).where("name", "=", child.name).executeTakeFirst();
  return authorized(nexus, op, action, vpc, child, "vpc");
}

export async function lookupSubnet(
  nexus: NexusContext,
  op: OpContext,
  subnet: Selector,
  { vpc, project }: InVpc,
  action: Action,
): Promise<{ subnet: VpcSubnetTable; vpc: VpcTable }> {
  const child = childSelector(subnet, [vpc, project], SUBNET);
  const subnets = nexus.store.db.selectFrom("vpc_subnet").selectAll().where("time_deleted", "is", null);
  const found = await lookupChild(nexus, op, child, project, action, "vpc-subnet", {
    byId: (id) => subnets.where("id", "=", id).executeTakeFirst(),
    byName: (vpcId, name) => subnets.where("vpc_id", "=", vpcId).where("name", "=", name).executeTakeFirst(),
  });
  return { subnet: found.row, vpc: found.vpc };
}

export async function lookupRouter(
  nexus: NexusContext,
  op: OpContext,
  router: Selector,
  { vpc, project }: InVpc,
  action: Action,
): Promise<{ router: VpcRouterTable; vpc: VpcTable }> {
  const child = childSelector(router, [vpc, project], ROUTER);
  const routers = nexus.store.db.selectFrom("vpc_router").selectAll().where("time_deleted", "is", null);
  const found = await lookupChild(nexus, op, child, project, action, "vpc-router", {
    byId: (id) => routers.where("id", "=", id).executeTakeFirst(),
    byName: (vpcId, name) => routers.where("vpc_id", "=", vpcId).where("name", "=", name).executeTakeFirst(),
  });
  return { router: found.row, vpc: found.vpc };
}

export async function lookupGateway(
  nexus: NexusContext,
  op: OpContext,
  gateway: Selector,
  { vpc, project }: InVpc,
  action: Action,
): Promise<{ gateway: InternetGatewayTable; vpc: VpcTable }> {
  const child = childSelector(gateway, [vpc, project], GATEWAY);
  const gateways = nexus.store.db.selectFrom("internet_gateway").selectAll().where("time_deleted", "is", null);
  const found = await lookupChild(nexus, op, child, project, action, "internet-gateway", {
    byId: (id) => gateways.where("id", "=", id).executeTakeFirst(),
    byName: (vpcId, name) => gateways.where("vpc_id", "=", vpcId).where("name", "=", name).executeTakeFirst(),
  });
  return { gateway: found.row, vpc: found.vpc };
}

export async function lookupRoute(
  nexus: NexusContext,
  op: OpContext,
  route: Selector,
  { router, vpc, project }: InRouter,
  action: Action,
): Promise<{ route: RouterRouteTable; router: VpcRouterTable }> {
  const child = childSelector(route, [router, vpc, project], ROUTE);
  const routes = nexus.store.db.selectFrom("router_route").selectAll().where("time_deleted", "is", null);
  const missing = missingError("router-route", child);
  if ("id" in child) {
    const row = await routes.where("id", "=", child.id).executeTakeFirst();
    if (row === undefined) throw missing;
    const parent = await lookupRouter(nexus, op, { id: row.vpc_router_id }, {}, action).catch((error: unknown) => {
      // A router the caller may not see must not show in the answer about its route.
      throw isNotFound(error) ? missing : error;
    });
    return { route: row, router: parent.router };
  }
  const parent = await lookupRouter(nexus, op, child.parent, { vpc, project }, action);
  const row = await routes
    .where("vpc_router_id", "=", parent.router.id)
    .where("name", "=", child.name)
    .executeTakeFirst();
  if (row === undefined) throw missing;
  return { route: row, router: parent.router };
}

interface Finders<Row> {
  readonly byId: (id: string) => Promise<Row | undefined>;
  readonly byName: (vpcId: string, name: string) => Promise<Row | undefined>;
}

async function lookupChild<Row extends { readonly vpc_id: string }>(
  nexus: NexusContext,
  op: OpContext,
  child: ChildSelector,
  project: Selector | undefined,
  action: Action,
  type: string,
  find: Finders<Row>,
): Promise<{ row: Row; vpc: VpcTable }> {
  const missing = missingError(type, child);
  if ("id" in child) {
    const row = await find.byId(child.id);
    if (row === undefined) throw missing;
    const vpc = await nexus.store.db
      .selectFrom("vpc")
      .selectAll()
      .where("id", "=", row.vpc_id)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    return { row, vpc: await authorized(nexus, op, action, vpc, child, type) };
  }
  const vpc = await lookupVpc(nexus, op, { vpc: child.parent, project }, action);
  const row = await find.byName(vpc.id, child.name);
  if (row === undefined) throw missing;
  return { row, vpc };
}

/** The VPC, if it is there and the caller may do this in it; `child` and `type` name what is reported missing. */
async function authorized(
  nexus: NexusContext,
  op: OpContext,
  action: Action,
  vpc: VpcTable | undefined,
  child: ChildSelector,
  type: string,
): Promise<VpcTable> {
  const missing = missingError(type, child);
  if (vpc === undefined) throw missing;
  const { silo_id: siloId } = await nexus.store.db
    .selectFrom("project")
    .select("silo_id")
    .where("id", "=", vpc.project_id)
    .executeTakeFirstOrThrow();
  await authorizeInProject(nexus, op, action, { projectId: vpc.project_id, siloId, part: "network" }, missing);
  return vpc;
}

function missingError(type: string, child: ChildSelector): NexusError {
  return "id" in child ? notFoundById(type, child.id) : notFoundByName(type, child.name);
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "kind" in error && error.kind === "object-not-found";
}
