/** What a caller of the store can tell apart. Everything else is the driver's own error, passed through untouched. */

/** A row with the same key exists. `columns` are the key's columns where the database names them, `constraint` the index or constraint. */
export class UniqueViolation extends Error {
  override readonly name = "UniqueViolation";
  readonly table: string | undefined;
  readonly columns: readonly string[];
  readonly constraint: string | undefined;

  constructor(at: { table?: string; columns?: readonly string[]; constraint?: string }, cause: unknown) {
    const key = at.columns?.length ? `(${at.columns.join(", ")})` : (at.constraint ?? "an unnamed key");
    super(`a row of ${at.table ?? "a table"} with the same ${key} exists`, { cause });
    this.table = at.table;
    this.columns = at.columns ?? [];
    this.constraint = at.constraint;
  }
}

/** A row refers to one that does not exist, or is still referred to. SQLite does not say by which constraint. */
export class ForeignKeyViolation extends Error {
  override readonly name = "ForeignKeyViolation";
  readonly constraint: string | undefined;

  constructor(constraint: string | undefined, cause: unknown) {
    super(`a reference between rows would break${constraint ? ` (${constraint})` : ""}`, { cause });
    this.constraint = constraint;
  }
}

/** A text has the character NUL, which PostgreSQL cannot keep; refused on every database alike. */
export class InvalidTextError extends Error {
  override readonly name = "InvalidTextError";

  constructor() {
    super("text must not contain the character NUL (U+0000)");
  }
}

/** Other transactions kept winning; nothing was written. The caller may try again later (an HTTP handler answers 503). */
export class ContentionError extends Error {
  override readonly name = "ContentionError";

  constructor(attempts: number, cause: unknown) {
    super(`the transaction lost against others ${attempts} times`, { cause });
  }
}

/** The database was migrated by a newer program; this one must not touch it. */
export class NewerDatabaseError extends Error {
  override readonly name = "NewerDatabaseError";
  readonly unknownMigrations: readonly string[];

  constructor(unknown: readonly string[], newestKnown: string | undefined) {
    super(
      `the database is from a newer version: it has ${unknown.join(", ")}, ` +
        `this program knows up to ${newestKnown ?? "nothing"}`,
    );
    this.unknownMigrations = unknown;
  }
}

/** Another process holds the data. `pid` is undefined when it could not be read. */
export class DataInUseError extends Error {
  override readonly name = "DataInUseError";
  readonly path: string;
  readonly pid: number | undefined;

  constructor(path: string, pid: number | undefined) {
    super(`${path} is in use by ${pid === undefined ? "another process" : `process ${pid}`}`);
    this.path = path;
    this.pid = pid;
  }
}
