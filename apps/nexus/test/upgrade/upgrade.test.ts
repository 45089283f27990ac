import { DatabaseSync } from "node:sqlite";
import { realWorld } from "@racklet/world";
import { NewerDatabaseError, openStore, type Migration, type Store } from "@racklet/store";
import { storeLegs } from "@racklet/store/testing";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { migrations } from "../../src/db/migrations.ts";
import type { NexusTables } from "../../src/db/schema.ts";
import { testNexus } from "../support/nexus.ts";
import { schemaOf, type RecordedDatabase } from "./record-database.ts";
import { migrationsOf, recordedDatabases, restore } from "./restore-database.ts";

const world = realWorld({ name: "test" });

describe.each(recordedDatabases())("the database of release $release", (recorded) => {
  it("is still what the migrations it knew make: none of them was edited since", async () => {
    const [, leg] = storeLegs();
    const { url, dispose } = await leg!.fresh();
    const store = await openStore({ url, migrations: migrationsOf(recorded), world });
    expect(migrationsOf(recorded).map(({ name }) => name)).toEqual(recorded.migrations);
    await store.close();
    const file = new DatabaseSync(url.replace("sqlite:", ""), { readOnly: true });
    expect(schemaOf(file)).toEqual(recorded.schema);
    file.close();
    await dispose();
  });

  describe.each(storeLegs().filter(({ durable }) => durable))("on $name", (leg) => {
    const restored = async (): Promise<{ url: string; dispose: () => Promise<void> }> => {
      const fresh = await leg.fresh();
      await restore(recorded, fresh.url, world);
      return fresh;
    };

    it("keeps every row in every column when this release opens it", async () => {
      const { url, dispose } = await restored();
      const store = await openStore<NexusTables>({ url, migrations, world });
      expect(await recordedRows(store, recorded)).toEqual(expectedRows(recorded));
      await store.close();
      await dispose();
    });

    it("then has the schema of a new database", async () => {
      const { url, dispose } = await restored();
      const empty = await leg.fresh();
      const [upgraded, created] = await Promise.all(
        [url, empty.url].map(async (database) => {
          const store = await openStore<NexusTables>({ url: database, migrations, world });
          const columns = await columnsOf(store);
          await store.close();
          return columns;
        }),
      );
      expect(upgraded).toEqual(created);
      await Promise.all([dispose(), empty.dispose()]);
    });

    it("serves its users as before, with the tokens they have, and takes new instances", async () => {
      const { url, dispose } = await restored();
      const { ok, close } = await testNexus({ database: url });
      const options = { token: recorded.token };
      const named = async (path: string): Promise<string[]> => {
        const page = (await ok("GET", path, undefined, options)) as { items: { name: string }[] };
        return page.items.map(({ name }) => name);
      };
      expect(await named("/v1/projects")).toEqual(live(recorded, "project"));
      expect(await named("/v1/instances?project=story")).toEqual(live(recorded, "instance"));
      expect(await named("/v1/system/ip-pools")).toEqual(live(recorded, "ip_pool"));
      expect(await ok("GET", "/v1/instances/web?project=story", undefined, options)).toMatchObject({
        run_state: "running",
      });
      const created = await ok(
        "POST",
        "/v1/instances?project=story",
        {
          name: "new",
          description: "",
          ncpus: 1,
          memory: 1024 ** 3,
          hostname: "new",
          start: false,
          network_interfaces: { type: "default_ipv4" },
        },
        options,
      );
      expect(created).toMatchObject({ name: "new", run_state: "stopped" });
      await close();
      await dispose();
    });

    it("is as it was after a migration that failed half-way", async () => {
      const { url, dispose } = await restored();
      const failing: Migration = {
        name: "9999-fails",
        async up(db) {
          await sql`delete from nat_entry`.execute(db);
          await sql`alter table project rename to projects`.execute(db);
          throw new Error("half-way");
        },
      };
      await expect(openStore({ url, migrations: [...migrations, failing], world })).rejects.toThrow("half-way");
      const again = await openStore<NexusTables>({ url, migrations: migrationsOf(recorded), world });
      expect(await recordedRows(again, recorded)).toEqual(expectedRows(recorded));
      await again.close();
      await dispose();
    });

    it.runIf(recorded.migrations.length < migrations.length)(
      "is refused by that release once this one has opened it, and says what is too new",
      async () => {
        const { url, dispose } = await restored();
        await (await openStore({ url, migrations, world })).close();
        const old = openStore({ url, migrations: migrationsOf(recorded), world });
        await expect(old).rejects.toThrow(NewerDatabaseError);
        await expect(old).rejects.toThrow(migrations.at(-1)!.name);
        await dispose();
      },
    );
  });
});

type Rows = Record<string, unknown[][]>;

const sorted = (rows: unknown[][]): unknown[][] =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .map((row) => JSON.parse(row) as unknown[]);

/** Counters grow with new releases; of the others every recorded row must be there, as it was. */
async function recordedRows(store: Store<NexusTables>, recorded: RecordedDatabase): Promise<Rows> {
  const seen: Rows = {};
  for (const [name, { columns }] of Object.entries(recorded.tables)) {
    if (name === "counter") continue;
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(store.db);
    seen[name] = sorted(rows.map((row) => columns.map((column) => row[column])));
  }
  return seen;
}

function expectedRows({ tables }: RecordedDatabase): Rows {
  const kept = Object.entries(tables).filter(([name]) => name !== "counter");
  return Object.fromEntries(kept.map(([name, { rows }]) => [name, sorted(rows.map((row) => [...row]))]));
}

async function columnsOf(store: Store<NexusTables>): Promise<string[]> {
  const tables = await store.db.introspection.getTables();
  return tables
    .flatMap(({ name, columns }) =>
      columns.map((column) => `${name}.${column.name} ${column.dataType} ${column.isNullable}`),
    )
    .sort();
}

/** Names of the live rows, in order. */
function live({ tables }: RecordedDatabase, name: string): string[] {
  const { columns, rows } = tables[name] ?? { columns: [], rows: [] };
  const [title, deleted] = [columns.indexOf("name"), columns.indexOf("time_deleted")];
  return rows
    .filter((row) => row[deleted] === null)
    .map((row) => String(row[title]))
    .sort();
}
