import { sql } from "kysely";

/**
 * A constant of ours, written into the statement. For what the condition of a partial index names (`where state = 'active'`): were it a
 * parameter, SQLite would plan the statement anew each time, to see whether this time the index can serve.
 */
export const literal = sql.lit;
