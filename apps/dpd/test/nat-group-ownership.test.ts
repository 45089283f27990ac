import { beforeEach, describe, expect, test } from "vitest";
import { entry, failure, rig, snapshot, soft, text } from "./rig.ts";

const X = "10.0.0.1";

describe("an ensured entry, against what is on its address", () => {
  let one: ReturnType<typeof rig>;
  beforeEach(() => {
    one = rig();
  });
  const own = (...entries: ReturnType<typeof entry>[]) => one.nat.groups.ensure("g", { generation: 1, entries });
  const ensure = (...entries: ReturnType<typeof entry>[]) => one.nat.groups.ensure("g", { generation: 2, entries });
  const single = (input: ReturnType<typeof entry>) => one.nat.entries.create(input, input.target);

  test("own, same range and target: unchanged", async () => {
    await own(entry(X, 0, 9));
    expect((await ensure(entry(X, 0, 9))).counts).toEqual({
      added: 0,
      retargeted: 0,
      removed: 0,
      adopted: 0,
      unchanged: 1,
    });
  });

  test("own, same range, other target: exchanged in place, without a delete or an insert", async () => {
    await own(entry(X, 0, 9), entry(X, 10, 19));
    const operations: string[] = [];
    one.faults.source = (operation) => void operations.push(operation);
    const report = await ensure(entry(X, 0, 9, 7), entry(X, 10, 19));
    expect(report.counts).toEqual({ added: 0, retargeted: 1, removed: 0, adopted: 0, unchanged: 1 });
    expect(report.retargeted.map(text)).toEqual([`${X}/0-9=7`]);
    expect(operations).toEqual(["update"]);
  });

  test("own, other overlapping ranges: removed, and the new one added", async () => {
    await own(entry(X, 0, 9), entry(X, 10, 19), entry(X, 30, 39));
    const report = await ensure(entry(X, 5, 15), entry(X, 30, 39));
    expect(report.removed.map(text)).toEqual([`${X}/0-9=1`, `${X}/10-19=1`]);
    expect(report.added.map(text)).toEqual([`${X}/5-15=1`]);
    expect(soft(one)).toEqual([`${X}/30-39=1@g`, `${X}/5-15=1@g`]);
  });

  test("own, one range that covers two new ones: removed once", async () => {
    await own(entry(X, 0, 99));
    const report = await ensure(entry(X, 0, 9), entry(X, 50, 99));
    expect(report.counts).toEqual({ added: 2, retargeted: 0, removed: 1, adopted: 0, unchanged: 0 });
  });

  test("own and not asked for any more: removed, here and on other addresses", async () => {
    await own(entry(X, 0, 9), entry(X, 10, 19), entry("10.0.0.2"), entry("fd00::1"));
    const report = await ensure(entry(X, 10, 19));
    expect(report.removed.map(text)).toEqual([`${X}/0-9=1`, "10.0.0.2/0-65535=1", "fd00::1/0-65535=1"]);
  });

  test("ungrouped and identical: adopted without a table operation", async () => {
    await single(entry(X, 0, 9));
    const operations: string[] = [];
    one.faults.source = (operation) => void operations.push(operation);
    const report = await ensure(entry(X, 0, 9));
    expect(report).toMatchObject({ outcome: "applied", counts: { adopted: 1, added: 0 } });
    expect(report.adopted.map(text)).toEqual([`${X}/0-9=1`]);
    expect(operations).toEqual([]);
    expect(soft(one)).toEqual([`${X}/0-9=1@g`]);
  });

  test.each([
    ["ungrouped with another target", entry(X, 0, 9, 2)],
    ["ungrouped with another range", entry(X, 0, 10)],
    ["ungrouped inside", entry(X, 5, 5)],
  ])("%s: a conflict, and nothing changes", async (_, other) => {
    await single(other);
    await own(entry("10.0.0.7"));
    const before = snapshot(one);
    expect(await failure(ensure(entry(X, 0, 9), entry("10.0.0.8")))).toMatch(
      /^exists NatEntryConflict group g conflicts with 10\.0\.0\.1\/\d+-\d+ ungrouped$/,
    );
    expect(snapshot(one)).toEqual(before);
  });

  test.each([
    ["another group's, even identical", entry(X, 0, 9)],
    ["another group's, overlapping", entry(X, 9, 20)],
  ])("%s: a conflict that names the owner", async (_, other) => {
    await one.nat.groups.ensure("h", { generation: 1, entries: [other] });
    const before = snapshot(one);
    expect(await failure(ensure(entry(X, 0, 9)))).toContain("NatEntryConflict group g conflicts with 10.0.0.1/");
    expect(await failure(ensure(entry(X, 0, 9)))).toContain("owned by group h");
    expect(snapshot(one)).toEqual(before);
  });

  test("adjoining another group's: both stay", async () => {
    await one.nat.groups.ensure("h", { generation: 1, entries: [entry(X, 0, 9), entry(X, 20, 29)] });
    await ensure(entry(X, 10, 19));
    expect(soft(one)).toEqual([`${X}/0-9=1@h`, `${X}/10-19=1@g`, `${X}/20-29=1@h`]);
    await one.nat.groups.delete("g");
    expect(soft(one)).toEqual([`${X}/0-9=1@h`, `${X}/20-29=1@h`]);
  });

  test("at most ten conflicts are listed and the rest counted", async () => {
    const many = Array.from({ length: 13 }, (_, i) => entry(`10.0.1.${i}`));
    await one.nat.groups.ensure("h", { generation: 1, entries: many });
    const message = await failure(ensure(...many));
    expect(message.match(/owned by group h/g)).toHaveLength(10);
    expect(message).toMatch(/; and 3 more$/);
  });
});

describe("the entries of a group", () => {
  test("are listed IPv4 first, by address, then port, in pages that resume after any key", async () => {
    const one = rig();
    await one.nat.groups.ensure("other", { generation: 1, entries: [entry("10.0.0.2"), entry("10.0.0.10", 500, 600)] });
    const wanted = [
      entry("fd00::1"),
      entry("10.0.0.10", 9, 9),
      entry("10.0.0.10", 1, 1),
      entry("10.0.0.9"),
      entry("9.0.0.1"),
    ];
    await one.nat.groups.ensure("g", { generation: 1, entries: wanted });
    const seen: string[] = [];
    for (let after: { external: string; low: number } | undefined; ;) {
      const page = one.nat.groups.listEntries("g", 2, after);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map((row) => `${row.external}/${row.low}`));
      after = page.at(-1);
    }
    expect(seen).toEqual(["9.0.0.1/0", "10.0.0.9/0", "10.0.0.10/1", "10.0.0.10/9", "fd00::1/0"]);
    expect(one.nat.groups.listEntries("g", 10, { external: "10.0.0.10", low: 5 }).map((row) => row.low)).toEqual([
      9, 0,
    ]);
    expect(one.nat.groups.list(1).map((group) => group.group)).toEqual(["g"]);
    expect(one.nat.groups.list(5, "g").map((group) => group.group)).toEqual(["other"]);
  });

  test("have a hash that depends on the set and not on how it came about", async () => {
    const [one, two] = [rig(), rig()];
    await one.nat.groups.ensure("g", { generation: 9, entries: [entry("10.0.0.1"), entry("fd00::1", 0, 5, 3)] });
    await two.nat.groups.ensure("g", { generation: 1, entries: [entry("10.0.0.2"), entry("10.0.0.1", 0, 65_535, 4)] });
    const hash = (each: typeof one) => each.nat.groups.getState("g").contentHash;
    expect(hash(two)).not.toBe(hash(one));
    await two.nat.groups.change("g", {
      fromGeneration: 1,
      generation: 2,
      upsert: [entry("10.0.0.1"), entry("fd00::1", 0, 5, 3)],
      remove: [entry("10.0.0.2")],
    });
    expect(hash(two)).toBe(hash(one));
    expect(hash(one)).toMatch(/^[0-9a-f]{16}$/);
    await two.nat.entries.delete("ipv4", "10.0.0.1", 0);
    expect(hash(two)).toBe(hash(one));
  });
});
