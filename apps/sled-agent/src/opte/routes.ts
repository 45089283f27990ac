/** The routers of VPCs that ports of this sled use, and their routes. A router is kept exactly as long as a port uses it. */
import { formatIpNet, networkOf, parseIpNet } from "@racklet/net";
import { invalid } from "../errors.ts";
import type { Nic } from "./types.ts";

/** The one router of a whole VPC, or that of one subnet. */
export interface RouterId {
  readonly vni: number;
  /** In canonical text; undefined for the system router. */
  readonly subnet: string | undefined;
}

export type RouteTarget =
  | { readonly type: "drop" }
  | { readonly type: "ip" | "subnet" | "internetGateway"; readonly value: string }
  | { readonly type: "systemInternetGateway" };

export interface Route {
  /** In canonical text. */
  readonly dest: string;
  readonly target: RouteTarget;
}

export interface RouterVersion {
  readonly routerId: string;
  readonly version: number;
}

export interface RouteSet {
  readonly id: RouterId;
  readonly version: RouterVersion | undefined;
  readonly routes: readonly Route[];
}

export interface Router extends RouteSet {
  /** Above zero. */
  readonly activePorts: number;
}

/** Which of a port's three tables a router's routes go to. */
export type RouteClass = "system" | "customV4" | "customV6";

export interface PortRouter {
  readonly class: RouteClass;
  readonly id: RouterId;
}

export const routerKey = ({ vni, subnet }: RouterId): string => (subnet === undefined ? `${vni}` : `${vni} ${subnet}`);

export const routeKey = ({ dest, target }: Route): string =>
  "value" in target ? `${dest} ${target.type} ${target.value}` : `${dest} ${target.type}`;

/** Throws `invalid` for what is no network. Host bits say nothing about a subnet. */
export function canonicalSubnet(text: string): string {
  const net = parseIpNet(text);
  if (net === null) throw invalid(`${text} is not an IP subnet`);
  return formatIpNet(networkOf(net));
}

/** The routers that a port of this interface uses. */
export function routersOf({ vni, ips: { v4, v6 } }: Nic): readonly PortRouter[] {
  return [
    { class: "system", id: { vni, subnet: undefined } },
    ...(v4 ? [{ class: "customV4" as const, id: { vni, subnet: canonicalSubnet(v4.subnet) } }] : []),
    ...(v6 ? [{ class: "customV6" as const, id: { vni, subnet: canonicalSubnet(v6.subnet) } }] : []),
  ];
}

/** Without a version on either side the newer arrival counts. */
export function supersedes(next: RouterVersion | undefined, current: RouterVersion | undefined): boolean {
  if (next === undefined || current === undefined) return true;
  return next.routerId !== current.routerId || current.version < next.version;
}

export function routesDelta(from: readonly Route[], to: readonly Route[]): { remove: Route[]; add: Route[] } {
  const [old, wanted] = [new Set(from.map(routeKey)), new Set(to.map(routeKey))];
  return {
    remove: from.filter((route) => !wanted.has(routeKey(route))),
    add: to.filter((route) => !old.has(routeKey(route))),
  };
}

export class Routers {
  readonly #routers = new Map<string, Router>();

  /** Makes the router when there is none, with these routes. */
  retain(id: RouterId, initial: readonly Route[] = []): void {
    const router = this.#routers.get(routerKey(id)) ?? { id, version: undefined, routes: initial, activePorts: 0 };
    this.#routers.set(routerKey(id), { ...router, activePorts: router.activePorts + 1 });
  }

  /** Forgets the router when nothing else uses it. */
  release(id: RouterId): void {
    const key = routerKey(id);
    const router = this.#routers.get(key);
    if (router === undefined) throw new Error(`router ${key} is not in use`);
    if (router.activePorts === 1) this.#routers.delete(key);
    else this.#routers.set(key, { ...router, activePorts: router.activePorts - 1 });
  }

  /** Undefined when no port uses it. */
  find(id: RouterId): Router | undefined {
    return this.#routers.get(routerKey(id));
  }

  /** The router must be in use. */
  replace({ id, version, routes }: RouteSet): void {
    const router = this.#routers.get(routerKey(id));
    if (router === undefined) throw new Error(`router ${routerKey(id)} is not in use`);
    this.#routers.set(routerKey(id), { ...router, version, routes });
  }

  list(): Router[] {
    return [...this.#routers.values()];
  }
}

/**
 * Of sets that are to be applied, those that change something: of routers in use, and superseding what there is. Throws
 * `invalid` when one router is named twice.
 */
export function planRouteSets(routers: Routers, sets: readonly RouteSet[]): { from: Router; to: RouteSet }[] {
  const seen = new Set<string>();
  const plans: { from: Router; to: RouteSet }[] = [];
  for (const set of sets) {
    const key = routerKey(set.id);
    if (seen.has(key)) throw invalid(`router ${key} is named twice`);
    seen.add(key);
    const from = routers.find(set.id);
    if (from === undefined || !supersedes(set.version, from.version)) continue;
    const routes = [...new Map(set.routes.map((route) => [routeKey(route), route])).values()];
    plans.push({ from, to: { ...set, routes } });
  }
  return plans;
}
