/** The routes of one family: prefixes, their next hops, and the slots these take. */
import { compareIpNet, formatIpNet, networkOf } from "@racklet/net";
import type { IpNet } from "@racklet/net";
import { DomainWriter, deleteAllRows } from "../asic/index.ts";
import type { WriterContext } from "../asic/index.ts";
import { exists, invalid, missing } from "../errors.ts";
import type { PortId } from "../port/types.ts";
import type { Family } from "../table/port.ts";
import { ROUTE_LOOKUP, ROUTE_SLOTS } from "../table/route.ts";
import { SortedMap } from "../table/sorted-map.ts";
import { planRemoval, planRoute } from "./plan.ts";
import type { PlacedRoute, PlacedTarget, RoutePlan } from "./plan.ts";
import { SlotMap } from "./slots.ts";
import type { Route, RouteTarget, Routes, RoutesApi } from "./types.ts";

/** A route's slots are counted in what the pipeline can choose from. */
export const MAX_TARGETS = 32;

const VLAN_MIN = 2;
const VLAN_MAX = 4095;

export interface RouteContext extends WriterContext {
  /** Number of the ASIC port of a link; throws `missing`. */
  readonly asicPort: (portId: PortId, linkId: number) => number;
}

export class RouteTable implements RoutesApi {
  readonly #context: RouteContext;
  readonly #writer: DomainWriter;
  readonly #family: Family;
  readonly #routes = new SortedMap<IpNet, PlacedRoute>(compareIpNet, formatIpNet);
  /** Undefined until the size of the ASIC's table has been asked for. */
  #free: SlotMap | undefined;

  constructor(context: RouteContext, writer: DomainWriter, family: Family) {
    this.#context = context;
    this.#writer = writer;
    this.#family = family;
    context.switch.onForget(() => {
      this.#routes.clear();
      this.#free = undefined;
    });
  }

  list(limit: number, after?: IpNet): Route[] {
    return this.#routes.page(limit, after);
  }

  get(cidr: IpNet): Route {
    return this.#get(networkOf(cidr));
  }

  add(given: IpNet, target: RouteTarget): Promise<void> {
    const cidr = networkOf(given);
    return this.#change("add", (free) => {
      const placed = this.#place(target);
      const prior = this.#routes.get(cidr);
      const current = prior?.targets ?? [];
      if (current.some((other) => sameTarget(other, placed))) return [];
      if (current.length >= MAX_TARGETS) {
        const text = formatIpNet(cidr);
        throw invalid(`${text} has ${current.length} next hops, and a route has at most ${MAX_TARGETS}`);
      }
      return this.#plan(free, prior, cidr, [...current, placed]);
    });
  }

  set(given: IpNet, target: RouteTarget, replace: boolean): Promise<void> {
    const cidr = networkOf(given);
    return this.#change("set", (free) => {
      const placed = this.#place(target);
      const prior = this.#routes.get(cidr);
      const [first, ...others] = prior?.targets ?? [];
      if (first !== undefined && others.length === 0 && sameTarget(first, placed)) return [];
      if (prior !== undefined && !replace) {
        // Upstream never fills in its template, and that is what its clients see.
        throw exists("route {cidr} already exists", `${formatIpNet(cidr)} has ${prior.targets.length} next hops`);
      }
      return this.#plan(free, prior, cidr, [placed]);
    });
  }

  delete(given: IpNet): Promise<void> {
    return this.#change("delete", (free) => [planRemoval(this.#family, free, this.#get(networkOf(given)))]);
  }

  deleteTarget(given: IpNet, portId: PortId, linkId: number, tgtIp: string): Promise<void> {
    return this.#change("delete_target", (free) => {
      const prior = this.#get(networkOf(given));
      const goes = (target: RouteTarget) =>
        target.portId === portId && target.linkId === linkId && target.tgtIp === tgtIp;
      if (!prior.targets.some(goes)) {
        throw missing("no such route", `${formatIpNet(prior.cidr)} by ${tgtIp} on ${portId}/${linkId}`);
      }
      return this.#planWithout(free, prior, goes);
    });
  }

  reset(): Promise<void> {
    const family = this.#family;
    return this.#writer.change("reset", () => {
      const all = this.#routes.values();
      return {
        steps: [
          deleteAllRows(
            ROUTE_LOOKUP[family],
            all.map(({ lookup }) => lookup),
          ),
          deleteAllRows(
            ROUTE_SLOTS[family],
            all.flatMap(({ slots }) => slots),
          ),
        ],
        commit: () => {
          this.#routes.clear();
          // All slots are free again: the map is made anew.
          this.#free = undefined;
        },
        result: undefined,
      };
    });
  }

  resetTag(tag: string): Promise<void> {
    const goes = (target: RouteTarget) => target.tag === tag;
    return this.#change("reset_tag", (free) => {
      const touched = this.#routes.values().filter(({ targets }) => targets.some(goes));
      return touched.flatMap((prior) => this.#planWithout(free, prior, goes));
    });
  }

  /** `planAll` answers the plans of all routes that change, made one after another on the same draft of free slots. */
  #change(operation: string, planAll: (free: SlotMap) => readonly RoutePlan[]): Promise<void> {
    return this.#writer.run(async (writing) => {
      this.#free ??= new SlotMap(writing.asic.table(ROUTE_SLOTS[this.#family]).usage().size);
      const draft = this.#free.clone();
      const plans = planAll(draft);
      const steps = plans.flatMap((plan) => plan.steps);
      await this.#writer.apply(writing, operation, steps, () => {
        this.#free = draft;
        for (const { cidr, route } of plans) {
          if (route === undefined) this.#routes.delete(cidr);
          else this.#routes.set(cidr, route);
        }
      });
    });
  }

  #planWithout(free: SlotMap, prior: PlacedRoute, goes: (target: RouteTarget) => boolean): readonly RoutePlan[] {
    const stay = prior.targets.filter((target) => !goes(target));
    if (stay.length === 0) return [planRemoval(this.#family, free, prior)];
    return this.#plan(free, prior, prior.cidr, stay);
  }

  #plan(
    free: SlotMap,
    prior: PlacedRoute | undefined,
    cidr: IpNet,
    targets: readonly PlacedTarget[],
  ): readonly RoutePlan[] {
    return planRoute(this.#family, free, prior, cidr, targets, () => this.#routes.values());
  }

  #get(cidr: IpNet): PlacedRoute {
    const route = this.#routes.get(cidr);
    if (route === undefined) throw missing("no such route", formatIpNet(cidr));
    return route;
  }

  #place(target: RouteTarget): PlacedTarget {
    const { vlanId, tgtIp, portId, linkId } = target;
    if (vlanId !== null && (vlanId < VLAN_MIN || vlanId > VLAN_MAX)) {
      throw invalid(`vlan_id: ${vlanId} is not between ${VLAN_MIN} and ${VLAN_MAX}`);
    }
    if (this.#family === "ipv6" && !tgtIp.includes(":")) {
      throw invalid(`tgt_ip: ${tgtIp} cannot be the next hop of an IPv6 route`);
    }
    return { ...target, asicPort: this.#context.asicPort(portId, linkId) };
  }
}

function sameTarget(a: RouteTarget, b: RouteTarget): boolean {
  return a.portId === b.portId && a.linkId === b.linkId && a.tgtIp === b.tgtIp && a.vlanId === b.vlanId;
}

export function createRoutes(context: RouteContext): Routes & { readonly writer: DomainWriter } {
  const writer = new DomainWriter(context, "route");
  return { ipv4: new RouteTable(context, writer, "ipv4"), ipv6: new RouteTable(context, writer, "ipv6"), writer };
}
