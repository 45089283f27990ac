/**
 * Everything a service takes from outside itself: time, randomness, ids, timers, the network and the log.
 * Code receives a World through its context and never reaches for the globals (a lint enforces it), so a whole rack
 * can run in one process on a virtual clock, with seeded faults, and replay exactly. `@racklet/sim` has the other
 * implementation of these interfaces.
 */
export type { AcceptLike, Channel, ChannelEvents, ConnectLike, Frame, ServeChannel } from "./channel.ts";
export type { Clock, FetchLike, Ids, ListenLike, Log, LogFields, Random, Timers, World } from "./types.ts";
export { realWorld, type RealWorldOptions } from "./real.ts";
export { createLog, nullLog, type LogOptions } from "./log.ts";
export { backoffMs, type BackoffOptions } from "./backoff.ts";
export { deadlineSignal } from "./deadline.ts";
export { Mutex } from "./mutex.ts";
