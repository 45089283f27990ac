import { describe, expect, test } from "vitest";
import { entry, failure, rig, tables } from "./rig.ts";

const SET = [entry("10.0.0.1", 0, 9), entry("10.0.0.1", 10, 19), entry("10.0.0.2"), entry("fd00::1")];

async function ensured(entries = SET): Promise<ReturnType<typeof rig>> {
  const one = rig("large");
  await one.nat.groups.ensure("g", { generation: 1, entries });
  return one;
}

describe("a set sent again", () => {
  test("writes nothing, in whatever order it comes", async () => {
    const one = await ensured();
    const { tableWrites } = one.nat.metrics;
    for (const entries of [SET, SET.toReversed(), [...SET.slice(2), ...SET.slice(0, 2)]]) {
      const report = await one.nat.groups.ensure("g", { generation: 1, entries });
      expect(report).toMatchObject({ outcome: "unchanged", counts: { unchanged: 4, added: 0, removed: 0 } });
    }
    expect(one.nat.metrics.tableWrites).toBe(tableWrites);
  });

  test("with an entry twice in place of another is refused as overlapping, although each one is there", async () => {
    const one = await ensured();
    const entries = [...SET.slice(0, 3), SET[2] ?? entry("10.0.0.2")];
    expect(await failure(one.nat.groups.ensure("g", { generation: 2, entries }))).toMatch(
      /^invalid - entries\[3\]: 10\.0\.0\.2\/0-65535 overlaps 10\.0\.0\.2\/0-65535 of the same request/,
    );
  });

  test("with one target changed is not the same set", async () => {
    const one = await ensured();
    const entries = [...SET.slice(0, 3), entry("fd00::1", 0, 65_535, 2)];
    expect(await failure(one.nat.groups.ensure("g", { generation: 1, entries }))).toContain("NatGenerationMismatch");
    await one.nat.groups.ensure("g", { generation: 2, entries });
    expect(tables(one)).toContain("fd00::1/0-65535=2");
  });

  test("is refused when its generation is old", async () => {
    const one = await ensured();
    await one.nat.groups.ensure("g", { generation: 2, entries: SET });
    expect(await failure(one.nat.groups.ensure("g", { generation: 1, entries: SET }))).toContain("NatGenerationStale");
  });

  test("restores an entry that was deleted while it was compared", async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => entry(`10.1.${n >> 8}.${n & 255}`));
    const one = await ensured(many);
    let pauses = 0;
    const deleted: Promise<void>[] = [];
    one.world.timers.yield = () => {
      if (++pauses === 1) deleted.push(one.nat.entries.delete("ipv4", "10.1.0.7", 1));
      return Promise.resolve();
    };
    const report = await one.nat.groups.ensure("g", { generation: 1, entries: many });
    await Promise.all(deleted);
    expect(report.counts).toMatchObject({ added: 1, unchanged: 19_999 });
    expect(tables(one)).toHaveLength(20_000);
  });
});
