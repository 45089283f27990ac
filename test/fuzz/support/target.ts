/** What is fuzzed: one API of one service running in this process. */
import type { Api } from "@racklet/api-kit";
import type { Pool } from "./pool.ts";

export interface Target {
  readonly api: Api;
  /** Answers the request once what it set off has come to rest. */
  send(request: Request): Promise<Response>;
  /** Puts back what random requests may have removed. */
  prepare(): Promise<void>;
  /** So many random requests may go by without. */
  readonly prepareEvery: number;
  /** Everything clients can see and nothing that changes by itself, one fact a line. */
  digest(): Promise<string>;
  readonly pool: Pool;
  /** Sent with every request: credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, where a service allows another size than its API declares. */
  readonly bodyLimits?: Readonly<Record<string, number>>;
  /** Why the service answered 5xx, newest last: from its log. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** A fresh service with things in it. */
export type StartTarget = () => Promise<Target>;
