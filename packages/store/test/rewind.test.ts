import { expect, it } from "vitest";
import { realWorld } from "@racklet/world";
import { openStore } from "../src/index.ts";
import { rewindable } from "../src/testing/index.ts";
import { migrations, type Tables } from "./fixtures/tables.ts";

it("a database in memory goes back to what it held, again and again, and its references hold", async () => {
  const world = realWorld({ name: "test" });
  const store = await openStore<Tables>({ url: "sqlite::memory:", migrations, world });
  const { db } = store;
  const held = async () => [
    await db.selectFrom("counter").selectAll().orderBy("name").execute(),
    await db.selectFrom("address").selectAll().execute(),
  ];
  await db.insertInto("counter").values({ name: "a", value: 1 }).execute();
  await db.insertInto("address").values({ pool: "p", ip: "10.0.0.1", owner: "a" }).execute();
  const before = await held();
  const rewind = await rewindable(store);
  for (let round = 0; round < 2; round++) {
    await db.updateTable("counter").set({ value: 2 }).execute();
    await db.insertInto("counter").values({ name: "b", value: 3 }).execute();
    await db.updateTable("address").set({ owner: "b" }).execute();
    await rewind();
    expect(await held()).toEqual(before);
  }
  await expect(db.insertInto("address").values({ pool: "p", ip: "10.0.0.2", owner: "b" }).execute()).rejects.toThrow();
  await store.close();
});
