import { describe, expect, it } from "vitest";
import { realWorld } from "@racklet/world";
import { NewerDatabaseError, openStore, type Migration } from "../src/index.ts";
import { storeLegs } from "../src/testing/index.ts";
import { migrations, type Tables } from "./fixtures/tables.ts";

const world = realWorld({ name: "test" });

describe.each(storeLegs().filter((leg) => leg.durable))("migrations on $name", (leg) => {
  it("are applied once, the new ones later", async () => {
    const { url, dispose } = await leg.fresh();
    const first = await openStore<Tables>({ url, world, migrations: migrations.slice(0, 1) });
    await first.db.insertInto("counter").values({ name: "kept", value: 1 }).execute();
    await first.close();

    const second = await openStore<Tables>({ url, world, migrations });
    expect(await second.db.selectFrom("counter").select("name").execute()).toEqual([{ name: "kept" }]);
    expect(await second.db.selectFrom("address").selectAll().execute()).toEqual([]);
    await second.close();
    await dispose();
  });

  it("leave the old data as they were when one fails, and can be applied later", async () => {
    const { url, dispose } = await leg.fresh();
    const first = await openStore<Tables>({ url, world, migrations: migrations.slice(0, 1) });
    await first.db.insertInto("counter").values({ name: "kept", value: 1 }).execute();
    await first.close();

    const broken: Migration = {
      name: "0003_broken",
      async up(db) {
        await db.schema.dropTable("counter").cascade().execute();
        throw new Error("half-way");
      },
    };
    const noCascade: Migration = {
      name: "0003_broken",
      async up(db) {
        await db.schema.alterTable("counter").renameTo("gone").execute();
        throw new Error("half-way");
      },
    };
    const failing = leg.name === "postgres" ? broken : noCascade;
    await expect(openStore({ url, world, migrations: [...migrations, failing] })).rejects.toThrow("half-way");

    const again = await openStore<Tables>({ url, world, migrations });
    expect(await again.db.selectFrom("counter").select("name").execute()).toEqual([{ name: "kept" }]);
    await again.close();
    await dispose();
  });

  it("refuse a database from a newer program, naming what it does not know", async () => {
    const { url, dispose } = await leg.fresh();
    await (await openStore<Tables>({ url, world, migrations })).close();
    const old = openStore({ url, world, migrations: migrations.slice(0, 1) });
    await expect(old).rejects.toThrow(NewerDatabaseError);
    await expect(old).rejects.toThrow(/0002_address.*0001_counter/);
    await dispose();
  });

  it("refuse a migration slipped in before one that was applied", async () => {
    const { url, dispose } = await leg.fresh();
    await (await openStore<Tables>({ url, world, migrations: migrations.slice(0, 1) })).close();
    const slipped = [{ name: "0000_late", up: async () => {} }, ...migrations];
    await expect(openStore({ url, world, migrations: slipped })).rejects.toThrow(/0000_late.*before.*0001_counter/);
    await dispose();
  });

  it.runIf(leg.shared)("are applied once when several programs start together", async () => {
    const { url, dispose } = await leg.fresh();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore<Tables>({ url, world, migrations })));
    for (const store of stores) expect(await store.db.selectFrom("counter").selectAll().execute()).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
    await dispose();
  });
});
