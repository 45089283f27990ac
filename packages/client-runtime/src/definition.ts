/** The table a generated client hands to the runtime. */
export interface OperationDefinition {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Template, for example `/nat/ipv4/{ipv4}/{low}`. */
  readonly path: string;
  /** The documented status; null where the response is free-form. */
  readonly success: number | null;
  readonly idempotent?: boolean;
  readonly paginated?: boolean;
  /** The body is sent as application/x-www-form-urlencoded. */
  readonly form?: boolean;
}

export interface ClientDefinition {
  readonly service: string;
  /** Null for a lockstep API, whose servers ignore the version header. */
  readonly version: string | null;
  readonly operations: Readonly<Record<string, OperationDefinition>>;
}

/** Arguments as the runtime sees them; the generated types say more. */
export interface RawArgs {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}
