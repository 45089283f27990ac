/** What is fuzzed: one API of one service running in this process. */
import type { Api, serveApi } from "@racklet/api-kit";
import type { Pool } from "./pool.ts";

type Hono = ReturnType<typeof serveApi>;

export interface Target {
  readonly api: Api;
  /** Without waiting for anything. */
  readonly app: Hono;
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
  /** Parameters whose documented form is not asked for: a text of another form is one that nothing has. */
  readonly unchecked?: readonly string[];
  /** Operations that take no credentials; undefined where none does. */
  readonly publicOperations?: readonly string[];
  /** Bytes, where a service allows another size than its API declares. */
  readonly bodyLimits?: Readonly<Record<string, number>>;
  /** Why the service answered 5xx, newest last: from its log. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** A fresh service with things in it. */
export type StartTarget = () => Promise<Target>;
