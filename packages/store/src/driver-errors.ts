/** Reads the error codes of node:sqlite and pg: which are worth a retry, and which have a name of our own. */
import { ForeignKeyViolation, UniqueViolation } from "./errors.ts";

/** Extended result codes of SQLite. */
const SQLITE = { busy: 5, locked: 6, foreignKey: 787, primaryKey: 1555, unique: 2067 } as const;
/** SQLSTATEs of PostgreSQL (and CockroachDB). */
const PG = { serialization: "40001", deadlock: "40P01", foreignKey: "23503", unique: "23505" } as const;

/** The shape of both drivers' errors: node:sqlite has `errcode`, pg the SQLSTATE in `code`. */
interface DriverError extends Error {
  readonly code?: string;
  readonly errcode?: number;
  readonly table?: string;
  readonly constraint?: string;
  readonly detail?: string;
}

/** True when the whole transaction may succeed if simply run again: nothing of it was applied. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as DriverError; // optional fields: absent on any other error
  if (code === "ERR_SQLITE_ERROR" && errcode !== undefined) {
    const primary = errcode & 0xff;
    return primary === SQLITE.busy || primary === SQLITE.locked;
  }
  return code === PG.serialization || code === PG.deadlock;
}

/** Gives constraint violations of both databases one type; any other error comes back as it is. */
export function mapDriverError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const driverError = error as DriverError; // optional fields: absent on any other error
  if (driverError.code === "ERR_SQLITE_ERROR") return mapSqlite(driverError);
  if (driverError.code === PG.unique) return new UniqueViolation(postgresKey(driverError), error);
  if (driverError.code === PG.foreignKey) return new ForeignKeyViolation(driverError.constraint, error);
  return error;
}

function mapSqlite(error: DriverError): Error {
  if (error.errcode === SQLITE.foreignKey) return new ForeignKeyViolation(undefined, error);
  if (error.errcode !== SQLITE.unique && error.errcode !== SQLITE.primaryKey) return error;
  return new UniqueViolation(sqliteKey(error.message), error);
}

/** `UNIQUE constraint failed: t.a, t.b`, or `…: index 'name'` for an index on an expression. */
function sqliteKey(message: string): { table?: string; columns?: string[]; constraint?: string } {
  const failed = /constraint failed: (.*)$/.exec(message)?.[1] ?? "";
  const index = /^index '(.*)'$/.exec(failed)?.[1];
  if (index !== undefined) return { constraint: index };
  const keys = failed.split(", ").map((key) => key.split("."));
  const table = keys[0]?.[0];
  return { ...(table ? { table } : {}), columns: keys.flatMap(([, column]) => (column === undefined ? [] : [column])) };
}

/** The detail reads `Key (a, b)=(1, 2) already exists.` */
function postgresKey(error: DriverError): { table?: string; columns?: string[]; constraint?: string } {
  const columns = /^Key \((.*?)\)=/.exec(error.detail ?? "")?.[1]?.split(", ");
  return {
    ...(error.table ? { table: error.table } : {}),
    ...(columns ? { columns } : {}),
    ...(error.constraint ? { constraint: error.constraint } : {}),
  };
}
