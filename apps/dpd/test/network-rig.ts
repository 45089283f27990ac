/** A switch with ports, routes, neighbors, loopbacks and subnets on the model ASIC, and all that can be seen of it. */
import { parseIpNet } from "@racklet/net";
import type { IpNet } from "@racklet/net";
import { chaosAsic, faultsAt, modelAsic } from "../src/asic/index.ts";
import type { AsicBackend, Fault } from "../src/asic/index.ts";
import type { Loopbacks } from "../src/loopback/loopbacks.ts";
import { createNeighbors } from "../src/neighbor/neighbors.ts";
import { createPorts } from "../src/port/create.ts";
import type { Ports } from "../src/port/ports.ts";
import type { LinkParams } from "../src/port/types.ts";
import { createRoutes } from "../src/route/routes.ts";
import type { RouteTarget } from "../src/route/types.ts";
import { Subnets } from "../src/subnet/subnets.ts";
import { modelIdentifiers } from "../src/switch/identifiers.ts";
import { Switch } from "../src/switch/switch.ts";
import { TABLES } from "../src/table/catalogue.ts";
import { keyText, valueText } from "../src/table/text.ts";
import type { Profile, TableDecl } from "../src/table/types.ts";
import { createLocks } from "../src/table/locks.ts";
import { testWorld } from "./rig.ts";
import type { Faults, TestWorld } from "./rig.ts";

export interface NetworkRig {
  readonly world: TestWorld;
  readonly switch: Switch;
  readonly ports: Ports;
  readonly loopbacks: Loopbacks;
  readonly neighbors: ReturnType<typeof createNeighbors>;
  readonly routes: ReturnType<typeof createRoutes>;
  readonly subnets: Subnets;
  readonly faults: Faults;
  /** The ASIC below the faults. */
  readonly model: AsicBackend;
}

export function networkRig(profile: Profile = "sidecar"): NetworkRig {
  const world = testWorld();
  const faults: Faults = { source: undefined, next: (operation) => faults.source?.(operation) };
  const model = modelAsic(profile);
  const device = new Switch("switch0", world);
  const base = { world, switch: device, locks: createLocks() };
  const { ports, loopbacks } = createPorts(base);
  ports.setBaseMac(0xa840_2505_0000);
  const neighbors = createNeighbors(base);
  const routes = createRoutes({ ...base, asicPort: (portId, linkId) => ports.asicPort(portId, linkId) });
  const subnets = new Subnets(base);
  device.attach(chaosAsic(model, faults), modelIdentifiers("switch0", world.ids.uuid()));
  return { world, switch: device, ports, loopbacks, neighbors, routes, subnets, faults, model };
}

export const PARAMS: LinkParams = {
  lane: null,
  speed: "Speed100G",
  fec: "RS",
  autoneg: false,
  kr: false,
  txEq: null,
  allowDdmTraffic: false,
};

export function net(text: string): IpNet {
  const parsed = parseIpNet(text);
  if (parsed === null) throw new TypeError(`not a prefix: ${text}`);
  return parsed;
}

/** A next hop by qsfp0/0. */
export function hop(tgtIp: string, fields: Partial<RouteTarget> = {}): RouteTarget {
  return { tag: "t", portId: "qsfp0", linkId: 0, tgtIp, vlanId: null, ...fields };
}

/** The entries of a table as a dump shows them, sorted: `keys -> action(arguments)`. */
export function dump<R>({ model }: Pick<NetworkRig, "model">, table: TableDecl<R>): string[] {
  const lines = model
    .table(table)
    .rows()
    .map((row) => {
      const action = table.actionOf(row);
      const args = action.params.map(({ name, type, value }) => `${name}=${valueText(type, value(row))}`);
      return `${table.keys.map((key) => keyText(key, row)).join(" ")} -> ${action.name}(${args.join(" ")})`;
    });
  return lines.sort();
}

/** Everything a client can see, and everything the ASIC holds. */
export function snapshot(one: NetworkRig): unknown {
  const { ports, loopbacks, neighbors, routes, subnets, model } = one;
  return {
    tables: TABLES.map((table) => [table.name, model.table(table).usage().occupancy, dump(one, table)]),
    asicPorts: [...model.ports.list()].sort((a, b) => a.port - b.port),
    links: ports.listAllLinks(),
    loopbacks: [...loopbacks.list("ipv4"), ...loopbacks.list("ipv6")],
    arp: neighbors.arp.list(1000),
    ndp: neighbors.ndp.list(1000),
    routes: [...routes.ipv4.list(1000), ...routes.ipv6.list(1000)],
    subnets: subnets.list(1000),
  };
}

/** Runs `work` with some writes failing; answers what it threw. */
export async function withFaults(
  one: Pick<NetworkRig, "faults">,
  failing: (write: number) => boolean,
  fault: Fault,
  work: () => Promise<unknown>,
): Promise<{ error: unknown; writes: number }> {
  const source = faultsAt(failing, fault);
  one.faults.source = (operation) => source.next(operation, "");
  try {
    await work();
    return { error: undefined, writes: source.count };
  } catch (error) {
    return { error, writes: source.count };
  } finally {
    one.faults.source = undefined;
  }
}
