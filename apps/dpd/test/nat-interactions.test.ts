import { beforeEach, describe, expect, test } from "vitest";
import type { ChangesetItem } from "../src/nat/changeset.ts";
import { entry, failure, rig, snapshot, soft, tables } from "./rig.ts";
import { item } from "./items.ts";

describe("entries of a group, against the other interfaces", () => {
  let one: ReturnType<typeof rig>;
  beforeEach(async () => {
    one = rig();
    await one.nat.groups.ensure("g", { generation: 1, entries: [entry("10.0.0.1"), entry("fd00::1")] });
    await one.nat.groups.ensure("h", { generation: 1, entries: [entry("10.0.0.2")] });
  });
  const put = (input: ReturnType<typeof entry>) => one.nat.entries.create(input, input.target);
  const feed = (...items: ChangesetItem[]) => one.nat.feed.apply(one.nat.feed.position().epoch, items, true);

  test("a put of an identical one is content and leaves the owner", async () => {
    await put(entry("10.0.0.1"));
    expect(soft(one)).toContain("10.0.0.1/0-65535=1@g");
    expect(one.nat.groups.getState("g").drifted).toBe(false);
  });

  test("a put that overlaps is a conflicting mapping", async () => {
    const before = snapshot(one);
    expect(await failure(put(entry("10.0.0.1", 5, 6)))).toMatch(/^exists conflicting mapping .*owned by group g/);
    expect(snapshot(one)).toEqual(before);
  });

  test("a delete takes one away; the group shows it and the next ensure heals", async () => {
    await one.nat.entries.delete("ipv4", "10.0.0.1", 80);
    expect(tables(one)).toEqual(["10.0.0.2/0-65535=1", "fd00::1/0-65535=1"]);
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: true, missing: 1 });
    expect(one.nat.groups.getState("h").drifted).toBe(false);
    await one.nat.groups.ensure("g", { generation: 1, entries: [entry("10.0.0.1"), entry("fd00::1")] });
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: false, missing: 0 });
  });

  test("an identical entry put into the hole is adopted by the healing ensure; another one is a conflict", async () => {
    await one.nat.entries.delete("ipv4", "10.0.0.1", 80);
    await put(entry("10.0.0.1", 0, 9, 4));
    const again = () => one.nat.groups.ensure("g", { generation: 1, entries: [entry("10.0.0.1"), entry("fd00::1")] });
    expect(await failure(again())).toMatch(/NatEntryConflict/);
    await one.nat.entries.delete("ipv4", "10.0.0.1", 0);
    await put(entry("10.0.0.1"));
    expect((await again()).counts).toMatchObject({ adopted: 1, added: 0 });
  });

  test("a reset of a family empties all groups of it, keeps their guards and marks them drifted", async () => {
    await one.nat.entries.reset("ipv4");
    expect(tables(one)).toEqual(["fd00::1/0-65535=1"]);
    expect(
      one.nat.groups.list(10).map((group) => [group.group, group.generation, group.drifted, group.missing]),
    ).toEqual([
      ["g", 1, true, 1],
      ["h", 1, true, 1],
    ]);
    expect(await failure(one.nat.groups.ensure("h", { generation: 1, entries: [entry("10.0.0.3")] }))).toMatch(
      /NatGenerationMismatch/,
    );
    await one.nat.groups.ensure("h", { generation: 1, entries: [entry("10.0.0.2")] });
    expect(one.nat.groups.getState("h").drifted).toBe(false);
  });

  test("a reset of everything drops entries and group records", async () => {
    await one.nat.entries.resetAll();
    expect(tables(one)).toEqual([]);
    expect(one.nat.groups.list(10)).toEqual([]);
  });

  test("the changeset feed never evicts one: the item is held, counted and named, and the generation with it", async () => {
    await feed(item(1, "10.5.0.1"));
    const result = await feed(item(2, "10.0.0.1", { low: 0, high: 99 }), item(3, "10.5.0.3"));
    expect(result).toMatchObject({ applied: 1, heldCount: 1 });
    expect(result.held[0]).toMatch(/generation 2 10\.0\.0\.1\/0-99: blocked by group: .*owned by group g/);
    expect(one.nat.feed.position().generation).toBe(1);
    expect(one.nat.metrics.feedBlocked).toBe(1);
    expect(soft(one)).toContain("10.0.0.1/0-65535=1@g");
    expect(soft(one)).toContain("10.5.0.3/0-65535=1@-");
  });

  test("the changeset feed takes an identical one for done, and does not delete one", async () => {
    await feed(item(1, "10.0.0.1"), item(2, "10.0.0.2", { deleted: true }));
    expect(one.nat.feed.position().generation).toBe(2);
    expect(tables(one)).toHaveLength(3);
  });

  test("deleting a group leaves everyone else's", async () => {
    await put(entry("10.0.0.9"));
    await one.nat.groups.delete("g");
    expect(soft(one)).toEqual(["10.0.0.2/0-65535=1@h", "10.0.0.9/0-65535=1@-"]);
  });
});
