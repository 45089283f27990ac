/** The embedded database: one node:sqlite connection, durable (WAL, full sync) when it is a file. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteQueryCompiler,
  ValueNode,
  type Dialect,
  type LimitNode,
  type SqliteDatabase,
  type SqliteStatement,
} from "kysely";
import { storeDialect } from "./driver.ts";

const BUSY_TIMEOUT_MS = 2_000;
/** Of each of two generations. */
const MAX_CACHED_STATEMENTS = 250;

export function sqliteDialect(path: string): Dialect {
  const dialect = new OwnDialect({ database: async () => kyselyDatabase(openDatabase(path)) });
  // `immediate` takes the write lock at once: a transaction that reads first can then never fail half-way on the lock.
  return storeDialect(dialect, new QueuedSqliteAdapter(), {
    oneConnection: true,
    begin: async (_inner, connection) => {
      await connection.executeQuery(CompiledQuery.raw("begin immediate"));
    },
  });
}

class OwnDialect extends SqliteDialect {
  override createQueryCompiler(): SqliteQueryCompiler {
    return new LiteralLimits();
  }
}

/** A limit that is a parameter has SQLite plan the statement anew each time it runs. */
class LiteralLimits extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    const { limit } = node;
    if (ValueNode.is(limit) && Number.isSafeInteger(limit.value)) this.append(`limit ${String(limit.value)}`);
    else super.visitLimit(node);
  }
}

class QueuedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

function openDatabase(path: string): DatabaseSync {
  // `timeout` sets busy_timeout before anything else: switching to WAL needs the lock too.
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  if (path !== ":memory:") db.exec("pragma journal_mode = wal; pragma synchronous = full");
  return db;
}

/** What kysely asks of a database, with statements prepared once. Those that were not used for a generation are forgotten. */
function kyselyDatabase(db: DatabaseSync): SqliteDatabase {
  let young = new Map<string, SqliteStatement>();
  let old = new Map<string, SqliteStatement>();
  return {
    close: () => db.close(),
    prepare(sql) {
      const known = young.get(sql);
      if (known !== undefined) return known;
      const statement = old.get(sql) ?? kyselyStatement(db, sql, db.prepare(sql));
      if (young.size >= MAX_CACHED_STATEMENTS) [young, old] = [new Map(), young];
      young.set(sql, statement);
      return statement;
    },
  };
}

function kyselyStatement(db: DatabaseSync, sql: string, statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    // A stream may be open while the same SQL runs again, so it never shares its statement.
    iterate: (parameters) => db.prepare(sql).iterate(...bound(parameters)),
  };
}

/** kysely types parameters as unknown; node:sqlite itself refuses a value it cannot bind, with its position. */
function bound(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
