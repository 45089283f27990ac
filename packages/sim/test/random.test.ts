import { describe, expect, test } from "vitest";
import { seededIds, seededRandom } from "../src/index.ts";

const take = (count: number, seed: number, stream: string): number[] => {
  const random = seededRandom(seed, stream);
  return Array.from({ length: count }, () => random.next());
};

describe("seeded randomness", () => {
  test("repeats for the same seed and stream, and differs for another of either", () => {
    expect(take(20, 1, "nexus")).toEqual(take(20, 1, "nexus"));
    expect(take(20, 1, "nexus")).not.toEqual(take(20, 2, "nexus"));
    expect(take(20, 1, "nexus")).not.toEqual(take(20, 1, "dpd"));
  });

  test("is uniform in [0, 1): every tenth gets its share", () => {
    const buckets = Array.from({ length: 10 }, () => 0);
    for (const value of take(20_000, 7, "uniform")) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      const bucket = Math.floor(value * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // 2,000 expected; the standard deviation is 42.
    for (const count of buckets) expect(Math.abs(count - 2_000)).toBeLessThan(250);
  });

  test("neighbouring seeds do not resemble each other", () => {
    const first = Array.from({ length: 1_000 }, (_, seed) => take(1, seed, "s")[0] ?? 0);
    expect(new Set(first).size).toBe(1_000);
    expect(first.reduce((sum, value) => sum + value, 0) / 1_000).toBeCloseTo(0.5, 1);
  });

  test("bytes fill the length asked for", () => {
    const bytes = seededRandom(3, "bytes").bytes(4_096);
    expect(bytes.length).toBe(4_096);
    expect(new Set(bytes).size).toBe(256);
  });

  test("ids are distinct version 4 UUIDs in lower case", () => {
    const ids = seededIds(seededRandom(5, "ids"));
    const made = Array.from({ length: 1_000 }, () => ids.uuid());
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(made).size).toBe(1_000);
    expect(seededIds(seededRandom(5, "ids")).uuid()).toBe(made[0]);
  });
});
