/**
 * What is always true of OPTE's state between two operations, whatever failed: the one place where it is written down.
 * Reads everything, so it is for tests and for an operator who has doubts, not for the way of a request.
 */
import { isMulticast } from "@racklet/net";
import type { EnginePort } from "./engine.ts";
import { externalIpsIssue } from "./external-ips.ts";
import { canonicalEntry, type ForwardingEntry } from "./forwarding.ts";
import { withGateways, type EipGateways } from "./gateways.ts";
import type { Opte } from "./index.ts";
import type { M2pMapping } from "./m2p.ts";
import { filterOf } from "./membership.ts";
import { nicKey } from "./port-plan.ts";
import { routeKey, routerKey, routersOf, type Router } from "./routes.ts";
import { FAMILIES, type Port } from "./types.ts";
import { isUnderlayGroup } from "./underlay.ts";
import type { V2pMapping } from "./v2p.ts";

export interface OpteSnapshot {
  readonly ports: readonly { readonly owner: string; readonly port: Port }[];
  readonly engine: ReadonlyMap<string, EnginePort>;
  readonly routers: readonly Router[];
  readonly gateways: EipGateways;
  readonly v2p: readonly V2pMapping[];
  readonly m2p: readonly M2pMapping[];
  readonly forwarding: readonly ForwardingEntry[];
}

export const snapshotOf = ({ ports, v2p, m2p, forwarding }: Opte): OpteSnapshot => ({
  ports: ports.list(),
  engine: ports.engine.ports(),
  routers: ports.routers.list(),
  gateways: ports.gateways,
  v2p: v2p.list(),
  m2p: m2p.list(),
  forwarding: forwarding.list(),
});

/** One sentence for each thing that is wrong; none when all is well. */
export function violations(snapshot: OpteSnapshot): string[] {
  return [
    ...identities(snapshot),
    ...snapshot.ports.flatMap(({ port }) => [...portIssues(port), ...engineIssues(port, snapshot)]),
    ...routerIssues(snapshot),
    ...multicastIssues(snapshot),
    ...repeated(
      "V2P mapping",
      snapshot.v2p.map(({ vni, virtualIp }) => `${vni} ${virtualIp}`),
    ),
  ];
}

/** Every port is named once, is its interface's only one, and is in the engine; the engine has no other. */
function identities({ ports, engine }: OpteSnapshot): string[] {
  const names = ports.map(({ port }) => port.name);
  return [
    ...repeated("port name", names),
    ...repeated(
      "interface",
      ports.map(({ port }) => nicKey(port.nic)),
    ),
    ...names.filter((name) => !engine.has(name)).map((name) => `${name} is not in the engine`),
    ...[...engine.keys()].filter((name) => !names.includes(name)).map((name) => `nobody knows of the engine's ${name}`),
  ];
}

function portIssues({ name, nic, externalIps, attachedSubnets, memberships, firewallRules }: Port): string[] {
  const issues: string[] = [];
  const unfit = externalIpsIssue(externalIps, nic.ips);
  if (unfit !== null) issues.push(unfit);
  for (const family of FAMILIES) issues.push(...repeated("floating address", externalIps[family]?.floating ?? []));
  issues.push(
    ...repeated(
      "attached subnet",
      attachedSubnets.map(({ subnet }) => subnet),
    ),
  );
  for (const { subnet } of attachedSubnets) {
    if (nic.ips[subnet.includes(":") ? "v6" : "v4"] === undefined) issues.push(`${subnet} is of a family it has not`);
  }
  issues.push(
    ...repeated(
      "membership",
      memberships.map(({ group }) => group),
    ),
  );
  for (const { group } of memberships) if (!isMulticast(group)) issues.push(`${group} is no multicast group`);
  if (!nic.isPrimary && memberships.length + attachedSubnets.length > 0) {
    issues.push("it is not the primary interface, but has memberships or subnets");
  }
  for (const { ports, protocol } of firewallRules) {
    if (ports !== undefined && protocol.type !== "tcp" && protocol.type !== "udp") {
      issues.push(`a firewall rule for ${protocol.type} has ports`);
    }
  }
  return issues.map((issue) => `${name}: ${issue}`);
}

/** The engine has exactly what is known of the port, and of what it shares with others. */
function engineIssues(port: Port, { engine, gateways, routers }: OpteSnapshot): string[] {
  const held = engine.get(port.name);
  if (held === undefined) return [];
  const routes = (table: string): string[] => {
    const used = routersOf(port.nic).find(({ class: own }) => own === table);
    const router = used && routers.find(({ id }) => routerKey(id) === routerKey(used.id));
    return sorted((router?.routes ?? []).map(routeKey));
  };
  const expected: [what: string, known: unknown, inEngine: unknown][] = [
    ["interface", port.nic, held.nic],
    ["routers", port.routers, routersOf(port.nic)],
    ["gateway", port.gateway, held.gateway],
    ["MTU", port.mtu ?? null, held.mtu ?? null],
    ["external addresses", port.externalIps, held.externalIps.addresses],
    [
      "internet gateways",
      entries(withGateways(port.nic, port.externalIps, gateways).gateways),
      entries(held.externalIps.gateways),
    ],
    ["firewall rules", port.firewallRules, held.firewallRules],
    ["attached subnets", port.attachedSubnets, held.attachedSubnets],
    [
      "subscriptions",
      entries(new Map(port.memberships.map((membership) => [membership.group, filterOf(membership)]))),
      entries(held.subscriptions),
    ],
    ["system routes", routes("system"), sorted([...held.routes.system.keys()])],
    ["custom IPv4 routes", routes("customV4"), sorted([...held.routes.customV4.keys()])],
    ["custom IPv6 routes", routes("customV6"), sorted([...held.routes.customV6.keys()])],
  ];
  return expected
    .map(([what, known, inEngine]) => [what, JSON.stringify(known), JSON.stringify(inEngine)] as const)
    .filter(([, known, inEngine]) => known !== inEngine)
    .map(([what, known, inEngine]) => `${port.name}: ${what} are ${known}, but ${inEngine} in the engine`);
}

/** A router is there exactly while ports use it, and counts them. */
function routerIssues({ ports, routers }: OpteSnapshot): string[] {
  const users = new Map<string, number>();
  for (const { id } of ports.flatMap(({ port }) => routersOf(port.nic))) {
    users.set(routerKey(id), (users.get(routerKey(id)) ?? 0) + 1);
  }
  const issues = repeated(
    "router",
    routers.map(({ id }) => routerKey(id)),
  );
  for (const { id, activePorts, routes } of routers) {
    const key = routerKey(id);
    const used = users.get(key) ?? 0;
    if (activePorts !== used) issues.push(`router ${key} counts ${activePorts} ports, ${used} use it`);
    if (used === 0) issues.push(`router ${key} is used by no port`);
    issues.push(...repeated(`route of router ${key}`, routes.map(routeKey)));
    users.delete(key);
  }
  return [...issues, ...[...users.keys()].map((key) => `router ${key} is used, but not there`)];
}

function multicastIssues({ m2p, forwarding }: OpteSnapshot): string[] {
  const issues = [
    ...repeated(
      "M2P group",
      m2p.map(({ group }) => group),
    ),
    ...repeated(
      "forwarding entry",
      forwarding.map(({ underlay }) => underlay),
    ),
  ];
  for (const { group, underlay } of m2p) {
    if (!isMulticast(group)) issues.push(`M2P: ${group} is no multicast group`);
    if (!isUnderlayGroup(underlay)) issues.push(`M2P: ${underlay} is no group of the underlay`);
  }
  for (const entry of forwarding) issues.push(...forwardingIssues(entry));
  return issues;
}

function forwardingIssues(entry: ForwardingEntry): string[] {
  try {
    const canonical = JSON.stringify(canonicalEntry(entry));
    return canonical === JSON.stringify(entry) ? [] : [`forwarding of ${entry.underlay} is not in its one form`];
  } catch (error) {
    return [`forwarding of ${entry.underlay}: ${(error as Error).message}`];
  }
}

function repeated(what: string, values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size).map((value) => `${what} ${value} is there twice`);
}

const sorted = (values: readonly string[]): string[] => [...values].sort();
const entries = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
