import { beforeEach, describe, expect, test } from "vitest";
import { entry, failure, rig, snapshot, soft, tables, text } from "./rig.ts";

const BASE = [entry("10.0.0.1"), entry("10.0.0.2", 0, 99), entry("10.0.0.2", 100, 199), entry("fd00::1")];
const key = (external: string, low = 0, high = 65_535) => ({ external, low, high });

describe("a change of a group", () => {
  let one: ReturnType<typeof rig>;
  beforeEach(async () => {
    one = rig();
    await one.nat.groups.ensure("g", { generation: 5, entries: BASE });
  });
  const change = (
    upsert: ReturnType<typeof entry>[],
    remove: ReturnType<typeof key>[],
    fromGeneration = 5,
    generation = 6,
  ) => one.nat.groups.change("g", { fromGeneration, generation, upsert, remove });

  test("adds, retargets and removes what it names and leaves the rest", async () => {
    const report = await change([entry("10.0.0.3"), entry("10.0.0.2", 0, 99, 8)], [key("10.0.0.1")]);
    expect(report).toMatchObject({ outcome: "applied", generation: 6 });
    expect(report.counts).toEqual({ added: 1, retargeted: 1, removed: 1, adopted: 0, unchanged: 0 });
    expect(report.removed.map(text)).toEqual(["10.0.0.1/0-65535=1"]);
    expect(tables(one)).toEqual(["10.0.0.2/0-99=8", "10.0.0.2/100-199=1", "10.0.0.3/0-65535=1", "fd00::1/0-65535=1"]);
  });

  test("ends where an ensure of the whole set would", async () => {
    await change([entry("10.0.0.3")], [key("fd00::1"), key("10.0.0.2", 100, 199)]);
    const two = rig();
    await two.nat.groups.ensure("g", { generation: 6, entries: [BASE[0]!, BASE[1]!, entry("10.0.0.3")] });
    expect(soft(one)).toEqual(soft(two));
    expect(one.nat.groups.getState("g")).toEqual(two.nat.groups.getState("g"));
  });

  test("is refused from any other generation than the stored one", async () => {
    const before = snapshot(one);
    expect(await failure(change([], [], 4, 6))).toMatch(/^exists NatGenerationMismatch group g: it is at generation 5/);
    expect(await failure(change([], [], 6, 7))).toMatch(/^exists NatGenerationMismatch/);
    expect(snapshot(one)).toEqual(before);
  });

  test("is refused for an unknown group", async () => {
    const request = { fromGeneration: 1, generation: 2, upsert: [], remove: [] };
    expect(await failure(one.nat.groups.change("nobody", request))).toMatch(/^missing no such NAT group/);
  });

  test.each([
    ["a generation that does not rise", [], [], 5, 5, "generation: 5 is not above from_generation 5"],
    [
      "a key both put and removed",
      [entry("FD00::1")],
      [key("fd00:0::1")],
      5,
      6,
      "fd00::1/0-65535 is both put and removed",
    ],
    ["overlapping entries to put", [entry("10.1.0.0"), entry("10.1.0.0", 5, 6)], [], 5, 6, "upsert[1]: "],
    ["a bad key to remove", [], [key("10.0.0.1", 9, 8)], 5, 6, "remove[0]"],
    ["a bad address to remove", [], [key("x")], 5, 6, "remove[0].external"],
  ])("is refused with %s", async (_, upsert, remove, from, to, message) => {
    const before = snapshot(one);
    const error = await failure(change(upsert, remove, from, to));
    expect(error).toMatch(/^invalid - /);
    expect(error).toContain(message);
    expect(snapshot(one)).toEqual(before);
  });

  test("takes the removal of what the group does not have for done", async () => {
    await one.nat.groups.ensure("h", { generation: 1, entries: [entry("10.7.0.1")] });
    await one.nat.entries.create(key("10.7.0.2"), entry("10.7.0.2").target);
    const gone = [key("10.9.9.9"), key("10.0.0.1", 0, 5), key("10.7.0.1"), key("10.7.0.2")];
    const report = await change([], gone);
    expect(report.counts.removed).toBe(0);
    expect(report.outcome).toBe("applied");
    expect(tables(one)).toHaveLength(6);
  });

  test("adopts, conflicts and counts capacity as an ensure does", async () => {
    await one.nat.groups.ensure("h", { generation: 1, entries: [entry("10.7.0.1")] });
    await one.nat.entries.create(key("10.7.0.2"), entry("10.7.0.2").target);
    const before = snapshot(one);
    expect(await failure(change([entry("10.7.0.1")], []))).toMatch(/NatEntryConflict .* owned by group h/);
    const many = Array.from({ length: 1020 }, (_, i) => entry(`10.8.${i >> 8}.${i & 255}`));
    expect(await failure(change(many, []))).toMatch(/^tableFull - Ingress/);
    expect(snapshot(one)).toEqual(before);
    expect((await change([entry("10.7.0.2")], [])).counts.adopted).toBe(1);
  });

  test("replaces an overlapping entry of its own", async () => {
    const report = await change([entry("10.0.0.2", 50, 149)], []);
    expect(report.removed.map(text)).toEqual(["10.0.0.2/0-99=1", "10.0.0.2/100-199=1"]);
    expect(report.added.map(text)).toEqual(["10.0.0.2/50-149=1"]);
  });

  test("mends what has drifted, except what it removes or replaces", async () => {
    await one.nat.entries.reset("ipv4");
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: true, missing: 3, ipv6Entries: 1 });
    const report = await change([entry("10.0.0.2", 50, 149)], [key("10.0.0.9")]);
    expect(report.added.map(text)).toEqual(["10.0.0.1/0-65535=1", "10.0.0.2/50-149=1"]);
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: false, missing: 0 });
    await one.nat.entries.delete("ipv4", "10.0.0.1", 0);
    await change([], [key("10.0.0.1")], 6, 7);
    expect(tables(one)).toEqual(["10.0.0.2/50-149=1", "fd00::1/0-65535=1"]);
    const same = [entry("10.0.0.2", 50, 149), entry("fd00::1")];
    expect(await one.nat.groups.ensure("g", { generation: 7, entries: same })).toMatchObject({ outcome: "unchanged" });
  });

  test("can be tried dry", async () => {
    const before = snapshot(one);
    const request = { fromGeneration: 5, generation: 6, upsert: [entry("10.0.0.3")], remove: [] };
    const report = await one.nat.groups.change("g", request, { dryRun: true });
    expect(report.counts.added).toBe(1);
    expect(snapshot(one)).toEqual(before);
  });
});
