import { beforeEach, describe, expect, test } from "vitest";
import { entry, failure, rig, snapshot, tables } from "./rig.ts";

const A = [entry("10.0.0.1"), entry("fd00::1")];
const B = [entry("10.0.0.2")];

describe("the generation guard", () => {
  let one: ReturnType<typeof rig>;
  beforeEach(async () => {
    one = rig();
    await one.nat.groups.ensure("g", { generation: 5, entries: A });
    one.world.nowMs = 2_000;
  });

  test("lets any content in when there is no group", () => {
    expect(tables(one)).toEqual(["10.0.0.1/0-65535=1", "fd00::1/0-65535=1"]);
    expect(one.nat.groups.getState("g")).toMatchObject({
      generation: 5,
      ipv4Entries: 1,
      ipv6Entries: 1,
      drifted: false,
    });
  });

  test("lets a higher generation in with other content", async () => {
    const report = await one.nat.groups.ensure("g", { generation: 6, entries: B });
    expect(report).toMatchObject({ outcome: "applied", counts: { added: 1, removed: 2 } });
    expect(tables(one)).toEqual(["10.0.0.2/0-65535=1"]);
  });

  test("lets a higher generation in with the same content: only the generation rises", async () => {
    const writes = one.nat.metrics.tableWrites;
    const report = await one.nat.groups.ensure("g", { generation: 6, entries: [...A].reverse() });
    expect(report).toMatchObject({ outcome: "applied", counts: { unchanged: 2, added: 0, removed: 0 } });
    expect(one.nat.metrics.tableWrites).toBe(writes);
    expect(one.nat.groups.getState("g")).toMatchObject({ generation: 6, lastEnsured: 2_000, lastChanged: 1_000 });
  });

  test("takes the same generation and set, in any order and spelling, as a repetition that writes nothing", async () => {
    const writes = one.nat.metrics.tableWrites;
    const entries = [{ ...A[1]!, external: "FD00:0::0:1" }, A[0]!];
    const report = await one.nat.groups.ensure("g", { generation: 5, entries });
    expect(report).toMatchObject({ outcome: "unchanged", generation: 5, counts: { unchanged: 2 } });
    expect(one.nat.metrics.tableWrites).toBe(writes);
  });

  test("mends what has drifted under the same generation and set", async () => {
    await one.nat.entries.delete("ipv4", "10.0.0.1", 0);
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: true, missing: 1, ipv4Entries: 0 });
    const report = await one.nat.groups.ensure("g", { generation: 5, entries: A });
    expect(report).toMatchObject({ outcome: "applied", counts: { added: 1, unchanged: 1 } });
    expect(report.added.map((row) => row.external)).toEqual(["10.0.0.1"]);
    expect(one.nat.groups.getState("g")).toMatchObject({ drifted: false, missing: 0 });
  });

  test.each([
    ["another set", B],
    ["one entry less", [A[0]!]],
    ["one entry more", [...A, ...B]],
    ["another target", [entry("10.0.0.1", 0, 65_535, 2), A[1]!]],
    ["another range", [entry("10.0.0.1", 0, 65_534), A[1]!]],
  ])("refuses the same generation with %s", async (_, entries) => {
    const before = snapshot(one);
    expect(await failure(one.nat.groups.ensure("g", { generation: 5, entries }))).toMatch(
      /^exists NatGenerationMismatch group g: generation 5 /,
    );
    expect(snapshot(one)).toEqual(before);
  });

  test("refuses the same generation with another set when the group has drifted to exactly that set", async () => {
    await one.nat.entries.delete("ipv4", "10.0.0.1", 0);
    const before = snapshot(one);
    expect(await failure(one.nat.groups.ensure("g", { generation: 5, entries: [A[1]!] }))).toMatch(
      /NatGenerationMismatch/,
    );
    expect(snapshot(one)).toEqual(before);
  });

  test.each([
    ["another set", B],
    ["the identical set", A],
  ])("refuses an older generation with %s", async (_, entries) => {
    const before = snapshot(one);
    expect(await failure(one.nat.groups.ensure("g", { generation: 4, entries }))).toBe(
      "exists NatGenerationStale group g is at generation 5, newer than the requested 4",
    );
    expect(snapshot(one)).toEqual(before);
  });

  test("keeps the record and generation of a group that is emptied", async () => {
    await one.nat.groups.ensure("g", { generation: 6, entries: [] });
    expect(tables(one)).toEqual([]);
    expect(await failure(one.nat.groups.ensure("g", { generation: 5, entries: A }))).toMatch(/NatGenerationStale/);
  });

  test("guards deletion: older is stale, equal, newer or none goes", async () => {
    expect(await failure(one.nat.groups.delete("g", 4))).toMatch(/NatGenerationStale/);
    expect(tables(one)).toHaveLength(2);
    await one.nat.groups.delete("g", 5);
    expect(tables(one)).toEqual([]);
    expect(() => one.nat.groups.getState("g")).toThrow("no such NAT group: g");
    await one.nat.groups.delete("g", 1);
    await one.nat.groups.ensure("g", { generation: 1, entries: A });
    await one.nat.groups.delete("g");
    expect(tables(one)).toEqual([]);
  });
});

describe("what an ensure asks for", () => {
  test.each([
    ["a bad group name", "a b", 1, [], "bad NAT group name"],
    ["a group name of 81 characters", "x".repeat(81), 1, [], "bad NAT group name"],
    ["generation 0", "g", 0, [], "generation: 0"],
    ["a generation above 2^53 - 1", "g", 2 ** 53, [], "generation: 9007199254740992"],
    ["a fraction", "g", 1.5, [], "generation: 1.5"],
    ["a range the wrong way round", "g", 1, [entry("10.0.0.1", 5, 4)], "invalid port range: entries[0]"],
    [
      "overlapping entries",
      "g",
      1,
      [entry("10.0.0.1", 0, 9), entry("10.0.0.1", 9, 20)],
      "entries[1]: 10.0.0.1/9-20 overlaps 10.0.0.1/0-9",
    ],
    ["a duplicate", "g", 1, [entry("fd00::1"), entry("fd00:0::1")], "entries[1]: fd00::1/0-65535 overlaps"],
    ["a bad address", "g", 1, [entry("10.0.0.01")], "entries[0].external: not an IP address: 10.0.0.01"],
    [
      "more than the table holds",
      "g",
      1,
      Array.from({ length: 1025 }, (_, i) => entry(`10.0.${i >> 8}.${i & 255}`)),
      "entries: 1025 of family ipv4",
    ],
  ])("is refused with %s and changes nothing", async (_, name, generation, entries, message) => {
    const one = rig();
    await one.nat.groups.ensure("other", { generation: 1, entries: [entry("10.9.9.9")] });
    const before = snapshot(one);
    const error = await failure(one.nat.groups.ensure(name, { generation, entries }));
    expect(error).toContain("invalid - ");
    expect(error).toContain(message);
    expect(snapshot(one)).toEqual(before);
  });

  test("answers a dry run as it would the real one and applies nothing", async () => {
    const one = rig();
    await one.nat.groups.ensure("g", { generation: 1, entries: A });
    const before = snapshot(one);
    const request = { generation: 2, entries: [entry("10.0.0.1", 0, 65_535, 9), ...B] };
    const dry = await one.nat.groups.ensure("g", request, { dryRun: true });
    expect(snapshot(one)).toEqual(before);
    const wet = await one.nat.groups.ensure("g", request);
    const plain = (report: typeof wet) => ({
      ...report,
      added: report.added.map((row) => row.external),
      retargeted: report.retargeted.map((row) => row.vni),
      removed: report.removed.map((row) => row.external),
    });
    expect(plain(dry)).toEqual(plain(wet));
  });

  test("is refused as a whole when it does not fit, and counts what it frees", async () => {
    const one = rig();
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => entry(`10.0.${(from + i) >> 8}.${(from + i) & 255}`));
    await one.nat.groups.ensure("a", { generation: 1, entries: many(0, 600) });
    await one.nat.groups.ensure("b", { generation: 1, entries: many(600, 424) });
    const before = snapshot(one);
    expect(await failure(one.nat.groups.ensure("b", { generation: 2, entries: many(600, 425) }))).toMatch(
      /^tableFull - Ingress\.nat_ingress\.ingress_ipv4: 1024 of 1024 entries are used, 0 would go and 1 come/,
    );
    expect(snapshot(one)).toEqual(before);
    await one.nat.groups.ensure("b", { generation: 2, entries: many(601, 424) });
    expect(tables(one)).toHaveLength(1024);
  });
});
