/** Durable tables over node:sqlite (default) or PostgreSQL, through kysely: one schema, one behaviour, safe transactions. */
export { openStore, MAX_ATTEMPTS, type Store, type StoreOptions } from "./store.ts";
export type { Migration } from "./migrate.ts";
export { lockData, type DataLock } from "./data-lock.ts";
export {
  ContentionError,
  DataInUseError,
  ForeignKeyViolation,
  InvalidTextError,
  NewerDatabaseError,
  UniqueViolation,
} from "./errors.ts";
