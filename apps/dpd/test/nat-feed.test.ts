import { beforeEach, describe, expect, test } from "vitest";
import { chaosAsic, modelAsic } from "../src/asic/index.ts";
import { ChangesetPuller } from "../src/nat/changeset-puller.ts";
import type { ChangesetItem } from "../src/nat/changeset.ts";
import { modelIdentifiers } from "../src/switch/identifiers.ts";
import { item } from "./items.ts";
import { entry, rig, tables } from "./rig.ts";

describe("a changeset", () => {
  let one: ReturnType<typeof rig>;
  beforeEach(() => {
    one = rig();
  });
  const feed = (...items: ChangesetItem[]) => one.nat.feed.apply(one.nat.feed.position().epoch, items, true);

  test("is applied in order, each item on what those before it left", async () => {
    const result = await feed(
      item(1, "10.0.0.1", { low: 0, high: 99 }),
      item(2, "10.0.0.1", { low: 100, high: 199 }),
      item(3, "10.0.0.1", { low: 50, high: 149, target: 2 }),
      item(4, "10.0.0.1", { low: 50, high: 149, target: 3 }),
      item(5, "fd00::1"),
      item(6, "fd00::1", { deleted: true }),
    );
    expect(result).toMatchObject({ applied: 6, unchanged: 0, heldCount: 0 });
    expect(tables(one)).toEqual(["10.0.0.1/50-149=3"]);
    expect(one.nat.feed.position().generation).toBe(6);
  });

  test("that comes again changes nothing", async () => {
    const items = [item(1, "10.0.0.1"), item(2, "10.0.0.2"), item(4, "10.0.0.3", { deleted: true })];
    await feed(...items);
    const writes = one.nat.metrics.tableWrites;
    expect(await feed(...items)).toMatchObject({ applied: 0, unchanged: 3 });
    expect(one.nat.metrics.tableWrites).toBe(writes);
  });

  test("holds the generation before an item that fails, applies the rest, and catches up when it comes again", async () => {
    const items = [
      item(1, "10.0.0.1"),
      item(2, "10.0.0.2"),
      item(3, "10.0.0.3"),
      item(4, "10.0.0.2", { deleted: true }),
    ];
    let inserts = 0;
    one.faults.source = (operation) =>
      operation === "insert" && ++inserts === 2 ? { kind: "internal", when: "before" } : undefined;
    expect(await feed(...items)).toMatchObject({ applied: 2, unchanged: 1, heldCount: 1 });
    expect(one.nat.feed.position().generation).toBe(1);
    expect(tables(one)).toEqual(["10.0.0.1/0-65535=1", "10.0.0.3/0-65535=1"]);
    await feed(...items.slice(1));
    expect(one.nat.feed.position().generation).toBe(4);
    expect(tables(one)).toEqual(["10.0.0.1/0-65535=1", "10.0.0.3/0-65535=1"]);
  });

  test.each([
    ["a VNI of 25 bits", { ...item(1, "10.0.0.1"), vni: 1 << 24 }],
    ["a MAC that is none", { ...item(1, "10.0.0.1"), mac: "nope" }],
    ["an address that is none", item(1, "10.0.0")],
    ["a range the wrong way round", item(1, "10.0.0.1", { low: 2, high: 1 })],
  ])("holds an item with %s", async (_, bad) => {
    expect(await feed(bad, item(2, "10.0.0.2"))).toMatchObject({ applied: 1, heldCount: 1 });
    expect(one.nat.feed.position().generation).toBe(0);
    expect(one.nat.metrics.feedInvalid).toBe(1);
  });

  test("asked for before the tables were emptied is not applied after", async () => {
    await feed(item(1, "10.0.0.1"));
    const { epoch } = one.nat.feed.position();
    await one.nat.entries.reset("ipv6");
    expect(await one.nat.feed.apply(epoch, [item(2, "10.0.0.2")], true)).toMatchObject({ restarted: true, applied: 0 });
    expect(one.nat.feed.position().generation).toBe(0);
  });
});

describe("the puller", () => {
  /** Nexus's side: one row per key, each with the version of its last change. */
  function source(rows: ChangesetItem[]) {
    const asked: number[] = [];
    return {
      asked,
      rows,
      fetchChangeset: (from: number, limit: number) => {
        asked.push(from);
        return Promise.resolve(rows.filter((row) => row.generation > from).slice(0, limit));
      },
    };
  }

  test("reads batch after batch until there is nothing more", async () => {
    const one = rig();
    const nexus = source(Array.from({ length: 250 }, (_, i) => item(i + 1, `10.0.1.${i}`)));
    await new ChangesetPuller(one.world, one.nat.feed, nexus).pullOnce(new AbortController().signal);
    expect(nexus.asked).toEqual([0, 100, 200, 250]);
    expect(one.nat.feed.position().generation).toBe(250);
    expect(tables(one)).toHaveLength(250);
  });

  test("goes past an item that is held, reports the generation before it, and tries it again in the next pass", async () => {
    const one = rig();
    await one.nat.groups.ensure("g", { generation: 1, entries: [entry("10.0.1.4", 0, 9)] });
    const nexus = source(Array.from({ length: 150 }, (_, i) => item(i + 1, `10.0.1.${i}`)));
    const puller = new ChangesetPuller(one.world, one.nat.feed, nexus);
    await puller.pullOnce(new AbortController().signal);
    expect(nexus.asked).toEqual([0, 100, 150]);
    expect(one.nat.feed.position().generation).toBe(4);
    expect(one.nat.feed.held()).toHaveLength(1);
    expect(tables(one)).toHaveLength(150);
    await one.nat.groups.delete("g");
    await puller.pullOnce(new AbortController().signal);
    expect(nexus.asked.slice(3)).toEqual([4, 104, 150]);
    expect(one.nat.feed.position().generation).toBe(150);
    expect(one.nat.feed.held()).toEqual([]);
  });

  test("keeps the error of a pass that failed and of a source that does not advance", async () => {
    const one = rig();
    const broken = { fetchChangeset: () => Promise.reject(new Error("connection refused")) };
    const puller = new ChangesetPuller(one.world, one.nat.feed, broken);
    await puller.pullOnce(new AbortController().signal);
    expect(puller.status()).toEqual({ lastSuccess: null, lastError: "connection refused" });
    const stuck = new ChangesetPuller(one.world, one.nat.feed, {
      fetchChangeset: () => Promise.resolve([item(1, "10.0.0.1")]),
    });
    await stuck.pullOnce(new AbortController().signal);
    expect(stuck.status().lastError).toContain("ascending");
  });

  test("fills the tables again after the ASIC was lost and came back in the middle of a pass", async () => {
    const one = rig();
    const nexus = source([item(1, "10.0.0.1"), item(2, "10.0.0.2")]);
    let replaced = false;
    const fresh = modelAsic("sidecar");
    const puller = new ChangesetPuller(one.world, one.nat.feed, {
      fetchChangeset: async (from, limit) => {
        const items = await nexus.fetchChangeset(from, limit);
        if (!replaced && from === 2) {
          replaced = true;
          nexus.rows.push(item(3, "10.0.0.3"));
          one.switch.detach("pulled out");
          one.switch.attach(chaosAsic(fresh, one.faults), modelIdentifiers("switch0", "id"));
          return [item(3, "10.0.0.3")];
        }
        return items;
      },
    });
    await puller.pullOnce(new AbortController().signal);
    expect(one.nat.feed.position().generation).toBe(0);
    await puller.pullOnce(new AbortController().signal);
    expect(one.nat.feed.position().generation).toBe(3);
    expect(one.nat.entries.listAddresses("ipv4", 64)).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  });

  test("runs every 30 seconds, at once when triggered, and ends when told to", async () => {
    const one = rig();
    const nexus = source([]);
    const end = new AbortController();
    const sleeps: number[] = [];
    let slept = () => {};
    const sleep = (ms: number, signal?: AbortSignal) => {
      sleeps.push(ms);
      slept();
      return new Promise<void>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("woken"))));
    };
    const asleep = () => new Promise<void>((resolve) => (slept = resolve));
    const world = { ...one.world, timers: { ...one.world.timers, sleep } };
    const puller = new ChangesetPuller(world, one.nat.feed, nexus);
    let sleeping = asleep();
    const running = puller.run(end.signal);
    await sleeping;
    expect([nexus.asked.length, sleeps]).toEqual([1, [30_000]]);
    sleeping = asleep();
    puller.trigger();
    await sleeping;
    expect(nexus.asked.length).toBe(2);
    end.abort();
    await running;
  });
});
