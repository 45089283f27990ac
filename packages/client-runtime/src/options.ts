import type { World } from "@racklet/world";
import type { ClientError } from "./errors.ts";

/** What a client takes from outside itself. Services pass theirs; other users get the platform's. */
export type ClientWorld = Pick<World, "fetch" | "timers" | "random" | "clock" | "log">;

export interface RetryOptions {
  /** Further attempts after the first. Default 2; 0 switches retrying off. */
  readonly attempts?: number;
  /** Upper end of the first delay, ms; it doubles with each attempt. Default 100. */
  readonly baseMs?: number;
  /** Upper end of every delay, ms. Default 2,000. */
  readonly maxMs?: number;
}

export type Headers = Readonly<Record<string, string>>;

export interface ClientOptions {
  /** For example `http://127.0.0.1:12224`. */
  readonly baseUrl: string;
  readonly world?: ClientWorld;
  /** Sent with every request, for example `authorization`. A function is asked for each request. */
  readonly headers?: Headers | (() => Headers);
  /** For a whole call, retries included. Default 15,000; Infinity for one that only a signal or the connection ends. */
  readonly deadlineMs?: number;
  /** Ends every call of this client. */
  readonly signal?: AbortSignal;
  /** Only for idempotent operations, and only when the connection failed or the service answered 503 or 429. */
  readonly retries?: RetryOptions;
  /** Longest response body that is read. Default 64 MiB. */
  readonly maxResponseBytes?: number;
  /** Told how each attempt ended, with its error if it failed; the call goes on when the promise does. Must not throw. */
  readonly onAttempt?: (error: ClientError | undefined) => void | Promise<void>;
}

export interface CallOptions {
  readonly headers?: Headers;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly retries?: RetryOptions;
}

export const DEFAULT_DEADLINE_MS: number = 15_000;
export const DEFAULT_MAX_RESPONSE_BYTES: number = 64 * 1024 * 1024;
