/**
 * What a change of a route's next hops does to the two tables. New next hops are placed in free slots, then the prefix is
 * pointed at them, then the old slots are freed: traffic never meets a gap. When no run of slots is free, and there are no
 * more next hops than before, they are rewritten where they are.
 */
import type { IpNet } from "@racklet/net";
import { deleteRows, insertRows, updateRow } from "../asic/index.ts";
import type { PlanStep } from "../asic/index.ts";
import { tableFull } from "../errors.ts";
import type { Family } from "../table/port.ts";
import { ROUTE_LOOKUP, ROUTE_SLOTS } from "../table/route.ts";
import type { RouteLookupRow, RouteSlotRow } from "../table/route.ts";
import type { SlotMap } from "./slots.ts";
import type { Route, RouteTarget } from "./types.ts";

/** A next hop with the number of its ASIC port. */
export interface PlacedTarget extends RouteTarget {
  readonly asicPort: number;
}

/** A route with the entries it has in the ASIC. */
export interface PlacedRoute extends Route {
  readonly targets: readonly PlacedTarget[];
  readonly lookup: RouteLookupRow;
  readonly slots: readonly RouteSlotRow[];
}

export interface RoutePlan {
  readonly steps: readonly PlanStep[];
  readonly cidr: IpNet;
  /** Undefined when the route goes. */
  readonly route: PlacedRoute | undefined;
}

/**
 * `targets` are 1..32, in the order of their slots. `free` is a draft: it is left as it is after the steps. Throws
 * `tableFull`.
 */
export function planRoute(
  family: Family,
  free: SlotMap,
  prior: PlacedRoute | undefined,
  cidr: IpNet,
  targets: readonly PlacedTarget[],
): RoutePlan {
  const start = free.find(targets.length);
  if (start !== undefined) {
    free.take(start, targets.length);
    if (prior !== undefined) release(free, prior);
    return planMove(family, prior, cidr, targets, start);
  }
  if (prior !== undefined && targets.length <= prior.targets.length) {
    free.release(prior.lookup.index + targets.length, prior.targets.length - targets.length);
    return planInPlace(family, prior, targets);
  }
  const detail = `no ${targets.length} consecutive slots are free (${free.freeCount} of ${free.size} are)`;
  throw tableFull(ROUTE_SLOTS[family].name, detail);
}

export function planRemoval(family: Family, free: SlotMap, prior: PlacedRoute): RoutePlan {
  release(free, prior);
  return {
    steps: [deleteRows(ROUTE_LOOKUP[family], prior.lookup), deleteRows(ROUTE_SLOTS[family], ...prior.slots)],
    cidr: prior.cidr,
    route: undefined,
  };
}

function planMove(
  family: Family,
  prior: PlacedRoute | undefined,
  cidr: IpNet,
  targets: readonly PlacedTarget[],
  start: number,
): RoutePlan {
  const route = place(cidr, targets, start);
  const steps = [insertRows(ROUTE_SLOTS[family], ...route.slots)];
  if (prior === undefined) steps.push(insertRows(ROUTE_LOOKUP[family], route.lookup));
  else {
    steps.push(updateRow(ROUTE_LOOKUP[family], prior.lookup, route.lookup));
    steps.push(deleteRows(ROUTE_SLOTS[family], ...prior.slots));
  }
  return { steps, cidr, route };
}

function planInPlace(family: Family, prior: PlacedRoute, targets: readonly PlacedTarget[]): RoutePlan {
  const wanted = place(prior.cidr, targets, prior.lookup.index);
  const slots = wanted.slots.map((row, at) => {
    const held = prior.slots[at];
    return held !== undefined && sameHop(held, row) ? held : row;
  });
  const steps: PlanStep[] = [];
  for (const [at, row] of slots.entries()) {
    const held = prior.slots[at];
    if (held !== undefined && held !== row) steps.push(updateRow(ROUTE_SLOTS[family], held, row));
  }
  const shrinks = targets.length < prior.targets.length;
  const lookup = shrinks ? wanted.lookup : prior.lookup;
  if (shrinks) {
    steps.push(updateRow(ROUTE_LOOKUP[family], prior.lookup, lookup));
    steps.push(deleteRows(ROUTE_SLOTS[family], ...prior.slots.slice(targets.length)));
  }
  return { steps, cidr: prior.cidr, route: { ...wanted, lookup, slots } };
}

function place(cidr: IpNet, targets: readonly PlacedTarget[], start: number): PlacedRoute {
  const lookup: RouteLookupRow = { ...cidr, index: start, slots: targets.length };
  const slots = targets.map(({ asicPort, tgtIp, vlanId }, at): RouteSlotRow => {
    const nexthopFamily = tgtIp.includes(":") ? "ipv6" : "ipv4";
    return { index: start + at, port: asicPort, nexthop: tgtIp, nexthopFamily, vlanId };
  });
  return { cidr, targets, lookup, slots };
}

const release = (free: SlotMap, { lookup }: PlacedRoute): void => free.release(lookup.index, lookup.slots);

function sameHop(a: RouteSlotRow, b: RouteSlotRow): boolean {
  return a.port === b.port && a.nexthop === b.nexthop && a.vlanId === b.vlanId;
}
