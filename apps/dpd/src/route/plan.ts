/**
 * What a change of a route's next hops does to the two tables. New next hops are placed in free slots, then the prefix is
 * pointed at them, then the old slots are freed: traffic never meets a gap. When no run of slots is free, and there are no
 * more next hops than before, they are rewritten where they are; when there are more, routes slide together to make room.
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

/** A route that goes to other slots and stays the same. */
interface Slide extends RoutePlan {
  readonly route: PlacedRoute;
}

/**
 * `targets` are 1..32, in the order of their slots. `free` is a draft: it is left as it is after the steps. `routes` are all
 * that hold slots, asked for when some have to slide; their plans come first. Throws `tableFull`.
 */
export function planRoute(
  family: Family,
  free: SlotMap,
  prior: PlacedRoute | undefined,
  cidr: IpNet,
  targets: readonly PlacedTarget[],
  routes: () => readonly PlacedRoute[],
): readonly RoutePlan[] {
  const start = free.find(targets.length);
  if (start !== undefined) return [planMove(family, free, prior, cidr, targets, start)];
  if (prior !== undefined && targets.length <= prior.targets.length) {
    free.release(prior.lookup.index + targets.length, prior.targets.length - targets.length);
    return [planInPlace(family, prior, targets)];
  }
  // Upstream's tests count on a refusal when no more are free, and a table that full would be shuffled again and again.
  if (free.freeCount <= targets.length) {
    const detail = `no ${targets.length} consecutive slots are free (${free.freeCount} of ${free.size} are)`;
    throw tableFull(ROUTE_SLOTS[family].name, detail);
  }
  const slides = planSlides(family, free, routes(), targets.length);
  const slid = slides.find((slide) => slide.cidr === prior?.cidr)?.route ?? prior;
  const room = free.find(targets.length);
  if (room === undefined) throw new Error(`no ${targets.length} consecutive slots are free after room was made`);
  return [...slides, planMove(family, free, slid, cidr, targets, room)];
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
  free: SlotMap,
  prior: PlacedRoute | undefined,
  cidr: IpNet,
  targets: readonly PlacedTarget[],
  start: number,
): RoutePlan {
  free.take(start, targets.length);
  if (prior !== undefined) release(free, prior);
  const route = place(cidr, targets, start);
  const steps = [insertRows(ROUTE_SLOTS[family], ...route.slots)];
  if (prior === undefined) steps.push(insertRows(ROUTE_LOOKUP[family], route.lookup));
  else {
    steps.push(updateRow(ROUTE_LOOKUP[family], prior.lookup, route.lookup));
    steps.push(deleteRows(ROUTE_SLOTS[family], ...prior.slots));
  }
  return { steps, cidr, route };
}

/** Slides the routes of the shortest stretch with `count` free slots to its start, so that these are one run. */
function planSlides(family: Family, free: SlotMap, routes: readonly PlacedRoute[], count: number): readonly Slide[] {
  const stretch = free.stretch(count);
  if (stretch === undefined) return [];
  const inside = routes.filter(({ lookup: { index } }) => index >= stretch.start && index < stretch.end);
  inside.sort((a, b) => a.lookup.index - b.lookup.index);
  let { start } = stretch;
  return inside.map((from) => {
    const to = place(from.cidr, from.targets, start);
    release(free, from);
    free.take(start, from.lookup.slots);
    start += from.lookup.slots;
    return { steps: slideSteps(family, from, to), cidr: from.cidr, route: to };
  });
}

/**
 * The slots that are not the route's yet come first, then the prefix is pointed at the new run. Those that it keeps are
 * rewritten after that: until then they hold another next hop of the same route, so traffic never meets a gap.
 */
function slideSteps(family: Family, from: PlacedRoute, to: PlacedRoute): PlanStep[] {
  const table = ROUTE_SLOTS[family];
  const by = from.lookup.index - to.lookup.index;
  const overlap = from.slots.slice(0, Math.max(0, from.slots.length - by));
  return [
    insertRows(table, ...to.slots.slice(0, by)),
    updateRow(ROUTE_LOOKUP[family], from.lookup, to.lookup),
    ...to.slots.slice(by).map((row, at) => updateRow(table, overlap[at] ?? row, row)),
    deleteRows(table, ...from.slots.slice(overlap.length)),
  ];
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
