/** Brings a database to the program's schema: all pending migrations in one transaction, or none. */
import { sql, type Kysely } from "kysely";
import type { World } from "@racklet/world";
import { NewerDatabaseError } from "./errors.ts";

export interface Migration {
  /** Stays for ever: databases remember it. Names are applied in the order of the list. */
  readonly name: string;
  /** Runs inside a transaction. Only the portable subset of SQL (see `openStore`). */
  up(db: Kysely<unknown>): Promise<void>;
}

type MigrationTables = {
  racklet_migration: { position: number; name: string; applied_at: string };
};

/** An arbitrary number, the same in every version: two programs migrating one PostgreSQL take turns. */
const ADVISORY_LOCK = 0x7261636b;

export async function migrate(
  db: Kysely<unknown>,
  options: { dialect: "sqlite" | "postgres"; migrations: readonly Migration[]; world: World },
): Promise<void> {
  const { dialect, migrations, world } = options;
  await db.connection().execute(async (connection) => {
    // Taken before the transaction, so that its snapshot shows what the one before us committed.
    if (dialect === "postgres") await sql`select pg_advisory_lock(${ADVISORY_LOCK})`.execute(connection);
    try {
      await connection.transaction().execute((tx) => applyPending(tx, migrations, world));
    } finally {
      if (dialect === "postgres") await sql`select pg_advisory_unlock(${ADVISORY_LOCK})`.execute(connection);
    }
  });
}

async function applyPending(tx: Kysely<unknown>, migrations: readonly Migration[], world: World): Promise<void> {
  await tx.schema
    .createTable("racklet_migration")
    .ifNotExists()
    .addColumn("position", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("applied_at", "text", (column) => column.notNull())
    .execute();
  const table = tx.withTables<MigrationTables>();
  const applied = await table.selectFrom("racklet_migration").select("name").orderBy("position").execute();
  checkHistory(
    applied.map((row) => row.name),
    migrations.map((migration) => migration.name),
  );
  for (const [position, migration] of migrations.entries()) {
    if (position < applied.length) continue;
    await migration.up(tx);
    const appliedAt = new Date(world.clock.now()).toISOString();
    await table
      .insertInto("racklet_migration")
      .values({ position, name: migration.name, applied_at: appliedAt })
      .execute();
    world.log.info({ migration: migration.name }, "migrated the database");
  }
}

/** What was applied must be the beginning of the program's list. */
function checkHistory(applied: readonly string[], known: readonly string[]): void {
  if (new Set(known).size !== known.length) throw new Error(`two migrations have one name: ${known.join(", ")}`);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new NewerDatabaseError(unknown, known.at(-1));
  const wrong = applied.findIndex((name, position) => known[position] !== name);
  if (wrong >= 0)
    throw new Error(`migration ${known[wrong]} was put before ${applied[wrong]}, which is already applied`);
}
