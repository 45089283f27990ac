/** PostgreSQL by URL: a bounded pool, a deadline on connecting and on every statement, numbers that are numbers. */
import { PostgresAdapter, PostgresDialect, type Dialect } from "kysely";
import type { World } from "@racklet/world";
import { storeDialect } from "./driver.ts";

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const INT8 = 20;
const NUMERIC = 1700;

export async function postgresDialect(url: string, world: World): Promise<Dialect> {
  // Loaded only when asked for: the embedded database must not pay for it at every start.
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "racklet",
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: 2 * STATEMENT_TIMEOUT_MS,
    // The server's own time-out answers first; this one is for a server that no longer answers at all.
    query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: {
      getTypeParser: (oid, format) =>
        format !== "binary" && (oid === INT8 || oid === NUMERIC) ? parseNumber : pg.types.getTypeParser(oid, format),
    },
  });
  // Without a listener a connection that breaks while idle would end the process; the pool replaces it by itself.
  pool.on("error", (error) => world.log.warn({ err: error }, "an idle database connection broke"));
  return storeDialect(new PostgresDialect({ pool }), new PostgresAdapter(), {
    oneConnection: false,
    begin: (inner, connection, settings) =>
      inner.beginTransaction(connection, { ...settings, isolationLevel: settings.isolationLevel ?? "serializable" }),
  });
}

/** count(), sum() and bigint columns as numbers, as SQLite gives them; one that would lose digits is an error. */
function parseNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError(`the database returned ${text}, beyond the exact integers of JavaScript`);
  }
  return value;
}
