/**
 * The other implementation of World (see @racklet/world): virtual time, seeded randomness and ids, and a network in
 * memory with seeded faults. A whole rack runs on it in one process and replays exactly from its seed.
 */
export { VirtualClock, type ClockOptions, type UntilOptions } from "./clock.ts";
export type { LinkFaults } from "./faults.ts";
export { SimNetwork, type Handler, type NetworkOptions } from "./network.ts";
export { mortal, type MortalWorld } from "./mortal.ts";
export { seededIds, seededRandom, type Seed } from "./random.ts";
export { Trace, type TraceEntry } from "./trace.ts";
export {
  simulation,
  simWorld,
  type Simulation,
  type SimulationOptions,
  type SimWorld,
  type SimWorldOptions,
} from "./world.ts";
