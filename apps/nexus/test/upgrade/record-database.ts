/**
 * Records the database of a release for the tests of upgrades: `node record-database.ts FILE RELEASE TOKEN`, where FILE is the
 * `nexus.db` that a rack of that release left behind, best one that was killed while instances ran, and TOKEN an API
 * token it holds. Writes `databases/RELEASE.json`. Once committed, a recording never changes.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";

/** A database as a release left it. Values are SQLite's: text, numbers and null. */
export interface RecordedDatabase {
  readonly release: string;
  /** An API token of its fleet administrator. */
  readonly token: string;
  /** What it had applied, oldest first. */
  readonly migrations: readonly string[];
  /** The statements that make its tables and indexes, as SQLite keeps them, sorted. */
  readonly schema: readonly string[];
  readonly tables: Readonly<
    Record<
      string,
      { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | number | null)[])[] }
    >
  >;
}

/** The recorded statements of whatever SQLite database this is, without the list of migrations. */
export function schemaOf(database: DatabaseSync): string[] {
  const rows = database
    .prepare("select sql from sqlite_master where sql is not null and tbl_name <> 'racklet_migration'")
    .all();
  return rows.map(({ sql }) => String(sql).replace(/\s+/g, " ")).sort();
}

export function recordDatabase(file: string, release: string, token: string): RecordedDatabase {
  const database = new DatabaseSync(file, { readOnly: true });
  const names = database
    .prepare("select name from sqlite_master where type = 'table' and name <> 'racklet_migration' order by name")
    .all()
    .map(({ name }) => String(name));
  const applied = database.prepare("select name from racklet_migration order by position").all();
  const tables = names.map((name) => {
    const rows = database.prepare(`select * from ${name} order by 1, 2`).all();
    const columns = Object.keys(rows[0] ?? {});
    // No blobs are kept in any table, so every value is one of these.
    return [
      name,
      { columns, rows: rows.map((row) => columns.map((column) => row[column] as string | number | null)) },
    ] as const;
  });
  const recorded = {
    release,
    token,
    migrations: applied.map(({ name }) => String(name)),
    schema: schemaOf(database),
    tables: Object.fromEntries(tables.filter(([, { rows }]) => rows.length > 0)),
  };
  database.close();
  return recorded;
}

/** A row per line, so that a recording can be read. */
function print({ tables, schema, ...head }: RecordedDatabase): string {
  const list = (values: readonly unknown[], indent: string): string =>
    `[\n${values.map((value) => `${indent} ${JSON.stringify(value)}`).join(",\n")}\n${indent}]`;
  const printed = Object.entries(tables).map(
    ([name, { columns, rows }]) =>
      `  ${JSON.stringify(name)}: {\n   "columns": ${JSON.stringify(columns)},\n   "rows": ${list(rows, "   ")}\n  }`,
  );
  const begin = JSON.stringify(head).slice(0, -1);
  return `${begin},\n "schema": ${list(schema, " ")},\n "tables": {\n${printed.join(",\n")}\n }\n}\n`;
}

if (import.meta.main) {
  const [file, release, token] = process.argv.slice(2);
  if (file === undefined || release === undefined || token === undefined) {
    process.stderr.write("usage: node record-database.ts FILE RELEASE TOKEN\n");
    process.exit(2);
  }
  const target = fileURLToPath(new URL(`databases/${release}.json`, import.meta.url));
  writeFileSync(target, print(recordDatabase(file, release, token)), { flag: "wx" });
  process.stdout.write(`wrote ${target}\n`);
}
