import type { AcceptLike, ConnectLike } from "./channel.ts";

export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  now(): number;
  /** A clock that never goes backwards, in milliseconds from an arbitrary start: for durations. */
  monotonicMs(): number;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** `length` random bytes, fit for secrets in the real world. */
  bytes(length: number): Uint8Array;
}

export interface Ids {
  /** A version 4 UUID, lower case. */
  uuid(): string;
}

export interface Timers {
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fn` once after `ms`; the answer cancels it. Does not keep the process alive. */
  after(ms: number, fn: () => void): () => void;
  /** Lets other work of the event loop run. */
  yield(): Promise<void>;
}

/**
 * Fetch, and a little more: a Request that is a GET and has a body is sent with it, as propolis' API asks of its clients.
 * `new Request` makes none; a POST whose `method` was redefined counts as one.
 */
export type FetchLike = (input: Request) => Promise<Response>;

/** Serves an address without a socket. Throws when it is taken. Without `accept` no request becomes a WebSocket. */
export type ListenLike = (
  address: { readonly host: string; readonly port: number },
  handler: (request: Request) => Response | Promise<Response>,
  accept?: AcceptLike,
) => {
  /** A free one when 0 was asked for. */
  readonly port: number;
  /** What is not answered by then never will be: its connections are reset. */
  close(): void;
};

export type LogFields = Record<string, unknown>;

export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Log;
}

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly timers: Timers;
  readonly fetch: FetchLike;
  /** Where the network is simulated, services are reached in it; absent, they listen on real sockets. */
  readonly listen?: ListenLike;
  /** There, how WebSockets are opened; absent, over real sockets. */
  readonly connect?: ConnectLike;
  readonly log: Log;
}
