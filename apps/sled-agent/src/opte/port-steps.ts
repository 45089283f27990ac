/** The small changes that every change of ports is made of. Each keeps what is known of a port equal to what the engine has. */
import type { Engine, EngineExternalIps } from "./engine.ts";
import { withGateways, type EipGateways } from "./gateways.ts";
import type { Step } from "./journal.ts";
import { filterOf, sameSources } from "./membership.ts";
import { routesDelta, type RouteClass, type Router, type RouteSet, type Routers } from "./routes.ts";
import type { AttachedSubnet, ExternalIps, Membership, Port, PortRule } from "./types.ts";
import { initialRoutes } from "./port-plan.ts";

export interface StepContext {
  readonly engine: Engine;
  readonly routers: Routers;
  /** In force when the plan is made. */
  readonly gateways: () => EipGateways;
  /** Takes the place of the port of the same name. */
  readonly keep: (port: Port) => void;
}

/** Makes the port with everything it has. Undone as a whole: the port goes, and its routers with it. */
export function createSteps({ engine, routers, gateways }: StepContext, port: Port): Step[] {
  const { name, nic } = port;
  const externalIps = withGateways(nic, port.externalIps, gateways());
  return [
    {
      apply: () => engine.createPort(name, { nic, gateway: port.gateway, mtu: port.mtu }),
      undo: () => engine.deletePort(name),
    },
    once(() => engine.setExternalIps(name, externalIps)),
    once(() => engine.setFirewallRules(name, port.firewallRules)),
    once(() => engine.setAttachedSubnets(name, port.attachedSubnets)),
    ...port.routers.flatMap(({ class: table, id }) => [
      { apply: () => routers.retain(id, initialRoutes(nic)), undo: () => routers.release(id) },
      once(() => {
        for (const route of routers.find(id)?.routes ?? []) engine.addRoute(name, table, route);
      }),
    ]),
    once(() => {
      for (const membership of port.memberships) engine.subscribe(name, membership.group, filterOf(membership));
    }),
  ];
}

/** Goes with the port it is done to. */
const once = (apply: () => void): Step => ({ apply, undo: () => undefined });

export function externalIpSteps(
  { engine, keep, gateways }: StepContext,
  port: Port,
  externalIps: ExternalIps,
  newGateways: EipGateways = gateways(),
): Step[] {
  const before = withGateways(port.nic, port.externalIps, gateways());
  const after = withGateways(port.nic, externalIps, newGateways);
  const push = (wanted: EngineExternalIps) => () => {
    engine.setExternalIps(port.name, wanted);
    keep({ ...port, externalIps: wanted.addresses });
  };
  return [{ apply: push(after), undo: push(before) }];
}

export function firewallSteps({ engine, keep }: StepContext, port: Port, rules: readonly PortRule[]): Step[] {
  const push = (wanted: readonly PortRule[]) => () => {
    engine.setFirewallRules(port.name, wanted);
    keep({ ...port, firewallRules: wanted });
  };
  return [{ apply: push(rules), undo: push(port.firewallRules) }];
}

export function subnetSteps({ engine, keep }: StepContext, port: Port, subnets: readonly AttachedSubnet[]): Step[] {
  const push = (wanted: readonly AttachedSubnet[]) => () => {
    engine.setAttachedSubnets(port.name, wanted);
    keep({ ...port, attachedSubnets: wanted });
  };
  return [{ apply: push(subnets), undo: push(port.attachedSubnets) }];
}

/** New and changed memberships before the end of old ones: only the former can fail, and then nothing has ended. */
export function membershipSteps({ engine, keep }: StepContext, port: Port, wanted: readonly Membership[]): Step[] {
  const before = new Map(port.memberships.map((membership) => [membership.group, membership]));
  const after = new Set(wanted.map(({ group }) => group));
  const { name } = port;
  const subscribe = (membership: Membership): void => engine.subscribe(name, membership.group, filterOf(membership));
  const changes = wanted.flatMap((membership): Step[] => {
    const known = before.get(membership.group);
    if (known !== undefined && sameSources(known, membership)) return [];
    const undo = known === undefined ? () => engine.unsubscribe(name, membership.group) : () => subscribe(known);
    return [{ apply: () => subscribe(membership), undo }];
  });
  const ends = port.memberships
    .filter(({ group }) => !after.has(group))
    .map((gone): Step => ({ apply: () => engine.unsubscribe(name, gone.group), undo: () => subscribe(gone) }));
  const kept: Step = { apply: () => keep({ ...port, memberships: wanted }), undo: () => keep(port) };
  return [...changes, ...ends, kept];
}

/** On each port: what goes before what comes. */
export function routeSteps(
  { engine, routers }: StepContext,
  ports: readonly Port[],
  { from, to }: { readonly from: Router; readonly to: RouteSet },
): Step[] {
  const { remove, add } = routesDelta(from.routes, to.routes);
  const steps = ports.flatMap((port) => {
    const { name } = port;
    const table = tableOf(port, from);
    if (table === undefined) return [];
    return [
      ...remove.map((route) => ({
        apply: () => engine.deleteRoute(name, table, route),
        undo: () => engine.addRoute(name, table, route),
      })),
      ...add.map((route) => ({
        apply: () => engine.addRoute(name, table, route),
        undo: () => engine.deleteRoute(name, table, route),
      })),
    ];
  });
  return [...steps, { apply: () => routers.replace(to), undo: () => routers.replace(from) }];
}

const tableOf = ({ routers }: Port, { id }: Router): RouteClass | undefined =>
  routers.find((used) => used.id.vni === id.vni && used.id.subnet === id.subnet)?.class;
