/**
 * The packet engine that the ports are made in, one small operation at a time as with a kernel module. An operation that
 * throws has changed nothing. Removing never throws; nor does putting back what was removed a moment ago.
 */
import { routeKey, type Route, type RouteClass } from "./routes.ts";
import type { AttachedSubnet, ExternalIps, Gateway, Nic, PortRule, SourceFilter } from "./types.ts";

export interface EngineExternalIps {
  readonly addresses: ExternalIps;
  /** By address of the port: the ids of the internet gateways it is reached through, sorted. */
  readonly gateways: ReadonlyMap<string, readonly string[]>;
}

export interface EnginePortSetup {
  readonly nic: Nic;
  readonly gateway: Gateway;
  readonly mtu: number | undefined;
}

export interface Engine {
  createPort(name: string, setup: EnginePortSetup): void;
  deletePort(name: string): void;
  setExternalIps(name: string, externalIps: EngineExternalIps): void;
  setFirewallRules(name: string, rules: readonly PortRule[]): void;
  setAttachedSubnets(name: string, subnets: readonly AttachedSubnet[]): void;
  addRoute(name: string, table: RouteClass, route: Route): void;
  deleteRoute(name: string, table: RouteClass, route: Route): void;
  /** Replaces the filter of a group that the port is subscribed to. */
  subscribe(name: string, group: string, filter: SourceFilter): void;
  unsubscribe(name: string, group: string): void;
  /** What it holds, by port. */
  ports(): ReadonlyMap<string, EnginePort>;
}

export interface EnginePort extends EnginePortSetup {
  readonly externalIps: EngineExternalIps;
  readonly firewallRules: readonly PortRule[];
  readonly attachedSubnets: readonly AttachedSubnet[];
  readonly routes: Readonly<Record<RouteClass, ReadonlyMap<string, Route>>>;
  readonly subscriptions: ReadonlyMap<string, SourceFilter>;
}

interface MutablePort extends EnginePortSetup {
  externalIps: EngineExternalIps;
  firewallRules: readonly PortRule[];
  attachedSubnets: readonly AttachedSubnet[];
  readonly routes: Record<RouteClass, Map<string, Route>>;
  readonly subscriptions: Map<string, SourceFilter>;
}

/** Keeps everything in memory and forwards nothing. */
export function modelEngine(): Engine {
  const ports = new Map<string, MutablePort>();
  const get = (name: string): MutablePort => {
    const port = ports.get(name);
    if (port === undefined) throw new Error(`the engine has no port ${name}`);
    return port;
  };
  return {
    createPort: (name, setup) => {
      if (ports.has(name)) throw new Error(`the engine has a port ${name} already`);
      ports.set(name, {
        ...setup,
        externalIps: { addresses: {}, gateways: new Map() },
        firewallRules: [],
        attachedSubnets: [],
        routes: { system: new Map(), customV4: new Map(), customV6: new Map() },
        subscriptions: new Map(),
      });
    },
    deletePort: (name) => void ports.delete(name),
    setExternalIps: (name, externalIps) => void (get(name).externalIps = externalIps),
    setFirewallRules: (name, rules) => void (get(name).firewallRules = rules),
    setAttachedSubnets: (name, subnets) => void (get(name).attachedSubnets = subnets),
    addRoute: (name, table, route) => void get(name).routes[table].set(routeKey(route), route),
    deleteRoute: (name, table, route) => void get(name).routes[table].delete(routeKey(route)),
    subscribe: (name, group, filter) => void get(name).subscriptions.set(group, filter),
    unsubscribe: (name, group) => void get(name).subscriptions.delete(group),
    ports: () => ports,
  };
}
