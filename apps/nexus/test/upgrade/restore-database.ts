/** Puts a recorded database back, on SQLite or PostgreSQL, exactly as far migrated as it was. */
import { readdirSync, readFileSync } from "node:fs";
import type { Kysely } from "kysely";
import { openStore } from "@racklet/store";
import type { World } from "@racklet/world";
import { migrations } from "../../src/db/migrations.ts";
import type { RecordedDatabase } from "./record-database.ts";

const FOLDER = new URL("databases/", import.meta.url);
/** Below SQLite's limit of bound values with the widest table. */
const ROWS_AT_ONCE = 100;

type AnyTables = Record<string, Record<string, string | number | null>>;

/** Oldest release first. */
export function recordedDatabases(): RecordedDatabase[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  const releases = files.map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as RecordedDatabase);
  return releases.sort((a, b) => a.migrations.length - b.migrations.length);
}

/** The program's migrations that the release had too. */
export const migrationsOf = ({ migrations: names }: RecordedDatabase): typeof migrations =>
  migrations.filter(({ name }) => names.includes(name));

export async function restore(recorded: RecordedDatabase, url: string, world: World): Promise<void> {
  const store = await openStore<AnyTables>({ url, migrations: migrationsOf(recorded), world });
  try {
    for (const name of referredFirst(recorded)) await fill(store.db, name, recorded);
  } finally {
    await store.close();
  }
}

async function fill(db: Kysely<AnyTables>, name: string, { tables }: RecordedDatabase): Promise<void> {
  const { columns, rows } = tables[name] ?? { columns: [], rows: [] };
  await db.deleteFrom(name).execute();
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const values = rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
    await db.insertInto(name).values(values).execute();
  }
}

/** The tables with rows, each after those it refers to. */
function referredFirst({ schema, tables }: RecordedDatabase): string[] {
  const refers = (name: string): string[] => {
    const sql = schema.find((statement) => new RegExp(`^create table "?${name}"? `, "i").test(statement)) ?? "";
    return [...sql.matchAll(/references "?(\w+)"?/gi)].flatMap(([, other]) => other ?? []);
  };
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    for (const other of refers(name)) if (other !== name && !ordered.has(other)) visit(other);
    ordered.add(name);
  };
  Object.keys(tables).forEach(visit);
  return [...ordered].filter((name) => name in tables);
}
