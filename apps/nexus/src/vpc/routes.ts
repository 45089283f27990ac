/** Routes of a VPC's routers. Those of the system router are the system's, but for the target of a default route. */
import { ipVersion, parseIpNet } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, newIdentity, type IdentityChange, type NewIdentity } from "../db/identity.ts";
import { nowText } from "../db/now.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import { requireLive } from "../db/require-live.ts";
import type { RouterRouteTable } from "../db/schema.ts";
import { invalidRequest } from "../errors.ts";
import type { Selector } from "../lookup/selector.ts";
import type { OpContext } from "../op-context.ts";
import { lookupRoute, lookupRouter, type InRouter, type InVpc } from "./lookup.ts";

export type RouteTarget =
  | { readonly type: "ip" | "vpc" | "subnet" | "instance" | "internet_gateway"; readonly value: string }
  | { readonly type: "drop" };
export interface RouteDestination {
  readonly type: "ip" | "ip_net" | "vpc" | "subnet";
  readonly value: string;
}

export interface RouteEnds {
  readonly target: RouteTarget;
  readonly destination: RouteDestination;
}

export async function createRoute(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
  spec: NewIdentity & RouteEnds,
): Promise<RouterRouteTable> {
  const { router } = await lookupRouter(nexus, op, selector, where, "create_child");
  if (router.kind === "system") throw invalidRequest("user-provided routes cannot be added to a system router");
  checkEnds(spec, "custom");
  const route = { ...newIdentity(nexus, spec), vpc_router_id: router.id, kind: "custom", ...columnsOf(spec) } as const;
  const work = nexus.store.transaction(async (tx) => {
    await requireLive(tx, "vpc_router", router.id);
    await tx.insertInto("router_route").values(route).execute();
  });
  await refusingSameName("router-route", spec.name, work);
  return route;
}

export async function listRoutes(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InVpc,
  paging: Paging,
): Promise<RouterRouteTable[]> {
  const { router } = await lookupRouter(nexus, op, selector, where, "list_children");
  const routes = nexus.store.db
    .selectFrom("router_route")
    .selectAll()
    .where("vpc_router_id", "=", router.id)
    .where("time_deleted", "is", null);
  return paginate(routes, paging).execute();
}

export async function updateRoute(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InRouter,
  change: IdentityChange & RouteEnds,
): Promise<RouterRouteTable> {
  const { route } = await lookupRoute(nexus, op, selector, where, "modify");
  if (route.kind === "default") {
    const keeps = change.name == null && change.description == null;
    if (!keeps || !sameDestination(route.destination, change.destination)) {
      throw invalidRequest("the destination and metadata of a Default route cannot be changed");
    }
  } else if (route.kind !== "custom") {
    throw invalidRequest(`routes of type ${KIND_NAMES[route.kind]} within the system router are not modifiable`);
  }
  checkEnds(change, route.kind);
  const columns = { ...changedIdentity(nexus, change), ...columnsOf(change) };
  const work = nexus.store.db.updateTable("router_route").set(columns).where("id", "=", route.id).execute();
  await refusingSameName("router-route", change.name ?? route.name, work);
  return { ...route, ...columns };
}

export async function deleteRoute(
  nexus: NexusContext,
  op: OpContext,
  selector: Selector,
  where: InRouter,
): Promise<void> {
  const { route } = await lookupRoute(nexus, op, selector, where, "delete");
  if (route.kind !== "custom") throw invalidRequest("DELETE not allowed on system routes");
  await nexus.store.db
    .updateTable("router_route")
    .set({ time_deleted: nowText(nexus) })
    .where("id", "=", route.id)
    .execute();
}

type RouteKind = RouterRouteTable["kind"];

/** In messages. */
const KIND_NAMES = {
  default: "Default",
  vpc_subnet: "VpcSubnet",
  vpc_peering: "VpcPeering",
  custom: "Custom",
} as const satisfies Record<RouteKind, string>;

/** What users may say of a route's two ends. */
export function checkEnds({ target, destination }: RouteEnds, kind: RouteKind): void {
  if (target.type === "ip" && (destination.type === "ip" || destination.type === "ip_net")) {
    if (ipVersion(target.value) !== ipVersion(destination.value)) {
      throw invalidRequest("cannot mix explicit IPv4 and IPv6 addresses between destination and target");
    }
  }
  if (destination.type === "vpc" || target.type === "vpc") {
    throw invalidRequest(`users cannot specify VPCs as a destination or target in ${KIND_NAMES[kind]} routes`);
  }
  if (target.type === "subnet")
    throw invalidRequest(`subnets cannot be used as a target in ${KIND_NAMES[kind]} routers`);
}

function columnsOf({ target, destination }: RouteEnds): { target: string; destination: string } {
  return { target: JSON.stringify(target), destination: JSON.stringify(destination) };
}

function sameDestination(stored: string, asked: RouteDestination): boolean {
  const { type, value } = JSON.parse(stored) as RouteDestination; // written by this module and by planVpc only
  if (type !== asked.type) return false;
  const [a, b] = [parseIpNet(value), parseIpNet(asked.value)];
  return a === null || b === null ? value === asked.value : a.address === b.address && a.length === b.length;
}
