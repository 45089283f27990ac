import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realWorld, type World } from "@racklet/world";
import {
  ContentionError,
  ForeignKeyViolation,
  InvalidTextError,
  MAX_ATTEMPTS,
  UniqueViolation,
  type Store,
} from "../src/index.ts";
import { storeLegs } from "../src/testing/index.ts";
import { migrations, type Tables } from "./fixtures/tables.ts";

let pauses: number[] = [];
const base = realWorld({ name: "test" });
const world: World = {
  ...base,
  timers: {
    ...base.timers,
    async sleep(ms) {
      pauses.push(ms);
      await base.timers.yield();
    },
  },
};

describe.each(storeLegs())("a store on $name", (leg) => {
  let store: Store<Tables>;
  beforeEach(async () => {
    pauses = [];
    store = await leg.open<Tables>({ migrations, world });
  });
  afterEach(() => store.close());

  const value = async (name: string) =>
    (await store.db.selectFrom("counter").select("value").where("name", "=", name).executeTakeFirst())?.value;
  const insert = (name: string, initial = 0) =>
    store.db.insertInto("counter").values({ name, value: initial }).execute();

  it("gives bigint columns, counts and sums back as numbers", async () => {
    await insert("a", Number.MAX_SAFE_INTEGER);
    const row = await store.db
      .selectFrom("counter")
      .select((eb) => ["value", eb.fn.countAll<number>().as("count"), eb.fn.sum<number>("value").as("sum")])
      .groupBy("value")
      .executeTakeFirstOrThrow();
    expect({ ...row }).toEqual({ value: Number.MAX_SAFE_INTEGER, count: 1, sum: Number.MAX_SAFE_INTEGER });
  });

  it("commits what a transaction wrote and returns its answer", async () => {
    const answer = await store.transaction(async (tx) => {
      await tx.insertInto("counter").values({ name: "a", value: 1 }).execute();
      return "done";
    });
    expect(answer).toBe("done");
    expect(await value("a")).toBe(1);
  });

  it("rolls back when the work throws, and passes the error on without running it again", async () => {
    let runs = 0;
    const failing = store.transaction(async (tx) => {
      runs++;
      await tx.insertInto("counter").values({ name: "a", value: 1 }).execute();
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await value("a")).toBeUndefined();
    expect(runs).toBe(1);
  });

  it("names the table and columns of a unique violation, of a constraint and of a primary key", async () => {
    const address = { pool: "default", ip: "10.0.0.1", owner: null };
    await store.db.insertInto("address").values(address).execute();
    const again = await store.db
      .insertInto("address")
      .values(address)
      .execute()
      .catch((error: unknown) => error);
    expect(again).toBeInstanceOf(UniqueViolation);
    expect(again).toMatchObject({ table: "address", columns: ["pool", "ip"] });

    await insert("a");
    const key = await insert("a").catch((error: unknown) => error);
    expect(key).toBeInstanceOf(UniqueViolation);
    expect(key).toMatchObject({ table: "counter", columns: ["name"] });
  });

  it("refuses the character NUL in a text, which only some databases keep", async () => {
    await expect(insert("a\0b")).rejects.toThrow(InvalidTextError);
    await expect(
      store.transaction((tx) => tx.selectFrom("counter").where("name", "=", "\0").execute()),
    ).rejects.toThrow(InvalidTextError);
  });

  it("maps a broken reference", async () => {
    const orphan = store.db.insertInto("address").values({ pool: "p", ip: "10.0.0.1", owner: "nobody" }).execute();
    await expect(orphan).rejects.toThrow(ForeignKeyViolation);
  });

  it("loses no update of concurrent read-modify-write transactions", async () => {
    await insert("hot");
    const increment = () =>
      store.transaction(async (tx) => {
        const { value: seen } = await tx.selectFrom("counter").select("value").executeTakeFirstOrThrow();
        await base.timers.yield();
        await tx
          .updateTable("counter")
          .set({ value: seen + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await value("hot")).toBe(8);
  });

  it("shows no other reader what a transaction has not committed", async () => {
    await insert("a", 1);
    const outside = Promise.withResolvers<void>();
    const transaction = store.transaction(async (tx) => {
      await tx.updateTable("counter").set({ value: 2 }).execute();
      outside.resolve();
      await base.timers.yield();
      throw new Error("undone");
    });
    const seen = outside.promise.then(() => value("a"));
    await expect(transaction).rejects.toThrow("undone");
    expect(await seen).toBe(1);
  });

  it("dooms a transaction whose statement failed, even when the work swallowed the error", async () => {
    await insert("a");
    const transaction = store.transaction(async (tx) => {
      await tx.insertInto("counter").values({ name: "b", value: 0 }).execute();
      await tx
        .insertInto("counter")
        .values({ name: "a", value: 0 })
        .execute()
        .catch(() => undefined);
    });
    await expect(transaction).rejects.toThrow(UniqueViolation);
    expect(await value("b")).toBeUndefined();
  });

  it("refuses its own handle inside a transaction, and allows it to work left behind by one", async () => {
    const mistake = store.transaction(async () => insert("a"));
    await expect(mistake).rejects.toThrow("inside a transaction");
    const nested = store.transaction(async () => store.transaction(async () => 1));
    await expect(nested).rejects.toThrow("inside a transaction");

    const gate = Promise.withResolvers<void>();
    let later: Promise<unknown> | undefined;
    await store.transaction(async () => {
      later = (async () => {
        await gate.promise;
        await insert("later");
      })();
    });
    gate.resolve();
    await later;
    expect(await value("later")).toBe(0);
  });

  it("runs a transaction again after a loss, with growing random pauses, and gives up in the end", async () => {
    let runs = 0;
    const loss = () => Object.assign(new Error("lost"), { code: "40001" });
    const answer = await store.transaction(async () => {
      if (++runs < 3) throw loss();
      return runs;
    });
    expect(answer).toBe(3);
    expect(pauses).toHaveLength(2);

    runs = 0;
    const hopeless = store.transaction(async () => {
      runs++;
      throw loss();
    });
    await expect(hopeless).rejects.toThrow(ContentionError);
    expect(runs).toBe(MAX_ATTEMPTS);
  });

  it("reads as many rows as a statement says", async () => {
    for (const name of ["a", "b", "c"]) await insert(name);
    const names = async (limit: number, offset = 0) => {
      const rows = await store.db
        .selectFrom("counter")
        .select("name")
        .orderBy("name")
        .limit(limit)
        .offset(offset)
        .execute();
      return rows.map(({ name }) => name).join("");
    };
    expect(await Promise.all([names(0), names(1), names(2), names(2, 1), names(9)])).toEqual([
      "",
      "a",
      "ab",
      "bc",
      "abc",
    ]);
  });

  it("keeps working after more different statements than it keeps prepared", async () => {
    for (let i = 0; i < 600; i++) {
      const { rows } = await store.db
        .selectNoFrom((eb) => eb.lit(i).as(`n${i}`))
        .execute()
        .then((all) => ({ rows: all }));
      expect(rows).toHaveLength(1);
    }
    await insert("a");
    expect(await value("a")).toBe(0);
  });

  it.runIf(leg.name === "postgres")(
    "runs again what lost, even when the work hid the loss in an error of its own",
    async () => {
      await insert("hot");
      const bothRead = Promise.withResolvers<void>();
      let readers = 0;
      let hidden = 0;
      const increment = () =>
        store.transaction(async (tx) => {
          const { value: seen } = await tx.selectFrom("counter").select("value").executeTakeFirstOrThrow();
          if (++readers === 2) bothRead.resolve();
          await bothRead.promise;
          const update = tx
            .updateTable("counter")
            .set({ value: seen + 1 })
            .execute();
          await update.catch((cause: unknown) => {
            hidden++;
            throw new Error("could not count", { cause });
          });
        });
      await Promise.all([increment(), increment()]);
      expect(hidden).toBeGreaterThan(0);
      expect(await value("hot")).toBe(2);
    },
  );

  it.runIf(leg.name === "postgres")("recovers from a real serialization failure of two transactions", async () => {
    await insert("a");
    await insert("b");
    // Each reads both rows before either writes: a write skew, which only a serializable database refuses.
    const bothRead = Promise.withResolvers<void>();
    let readers = 0;
    let attempts = 0;
    const addSumTo = (name: string) =>
      store.transaction(async (tx) => {
        attempts++;
        const rows = await tx.selectFrom("counter").select("value").execute();
        if (++readers === 2) bothRead.resolve();
        await bothRead.promise;
        const sum = rows.reduce((total, row) => total + row.value, 0);
        await tx
          .updateTable("counter")
          .set({ value: sum + 1 })
          .where("name", "=", name)
          .execute();
      });
    await Promise.all([addSumTo("a"), addSumTo("b")]);
    expect(attempts).toBeGreaterThan(2);
    expect([await value("a"), await value("b")].sort()).toEqual([1, 2]);
  });
});
