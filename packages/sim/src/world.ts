/** A World on virtual time: one per service, sharing the clock and the network of a simulation. */
import { nullLog, type Log, type World } from "@racklet/world";
import { VirtualClock, type ClockOptions } from "./clock.ts";
import type { LinkFaults } from "./faults.ts";
import { SimNetwork } from "./network.ts";
import { seededIds, seededRandom, type Seed } from "./random.ts";

export interface SimWorldOptions {
  readonly seed: Seed;
  /** The service: names its random streams, its end of every link, and its timers in messages. */
  readonly name: string;
  /** Default: a network and a clock of its own. */
  readonly network?: SimNetwork;
  /** Default: nothing is logged. */
  readonly log?: Log;
}

export interface SimWorld extends World {
  readonly clock: VirtualClock;
  readonly network: SimNetwork;
}

export function simWorld(options: SimWorldOptions): SimWorld {
  const { seed, name, log = nullLog } = options;
  const network = options.network ?? new SimNetwork({ clock: new VirtualClock({ seed }), seed });
  return {
    clock: network.clock,
    network,
    random: seededRandom(seed, `random of ${name}`),
    ids: seededIds(seededRandom(seed, `ids of ${name}`)),
    timers: network.clock.timers(name),
    fetch: network.fetchFrom(name),
    listen: network.listenFor(name),
    connect: network.connectFrom(name),
    log: log.child({ service: name }),
  };
}

export interface Simulation {
  readonly seed: Seed;
  readonly clock: VirtualClock;
  readonly network: SimNetwork;
  /** The World of the service `name`; ask once per service (and life of it), since asking again starts its random streams anew. */
  world(name: string): SimWorld;
}

export interface SimulationOptions extends Pick<ClockOptions, "startAt"> {
  readonly seed: Seed;
  readonly faults?: LinkFaults;
  readonly log?: Log;
}

/** A clock and a network for several services. Everything that follows depends on `seed` alone. */
export function simulation(options: SimulationOptions): Simulation {
  const { seed, faults = {}, log = nullLog } = options;
  const clock = new VirtualClock(options);
  const network = new SimNetwork({ clock, seed, faults });
  return { seed, clock, network, world: (name) => simWorld({ seed, name, network, log }) };
}
