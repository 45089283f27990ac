import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Random } from "@racklet/world";
import { placeVmm, type SledRoom } from "../src/sled/placement.ts";

/** Park and Miller's generator: the same numbers for the same seed. */
function seededRandom(seed: number): Random {
  let state = (Math.abs(seed) % 2_147_483_646) + 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return { next, bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)) };
}

const room = (id: number): fc.Arbitrary<SledRoom> =>
  fc
    .record({
      cpuFamily: fc.constantFrom("amd_milan", "amd_turin", "amd_turin_dense", "unknown"),
      threads: fc.integer({ min: 1, max: 64 }),
      memory: fc.integer({ min: 1, max: 64 }),
    })
    .map((sled) => ({ ...sled, id: `sled-${id}`, usedThreads: 0, usedMemory: 0 }));

const rack = fc.integer({ min: 0, max: 6 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => room(i))));
const need = fc.record({
  threads: fc.integer({ min: 1, max: 16 }),
  memory: fc.integer({ min: 1, max: 16 }),
  cpuPlatform: fc.constantFrom(null, "amd_milan", "amd_turin"),
});

describe("placement", () => {
  it("never overbooks a sled, and refuses only what fits on none", () => {
    fc.assert(
      fc.property(rack, fc.array(need, { maxLength: 40 }), fc.integer(), (sleds, needs, seed) => {
        const random = seededRandom(seed);
        let now: SledRoom[] = [...sleds];
        for (const vmm of needs) {
          const fits = (sled: SledRoom) =>
            sled.usedThreads + vmm.threads <= sled.threads &&
            sled.usedMemory + vmm.memory <= sled.memory &&
            (vmm.cpuPlatform === null ||
              sled.cpuFamily.startsWith("amd_turin") ||
              (vmm.cpuPlatform === "amd_milan" && sled.cpuFamily === "amd_milan"));
          const placement = placeVmm(now, vmm, random);
          const possible = now.filter(fits).map(({ id }) => id);
          if ("reason" in placement) {
            expect(possible).toEqual([]);
            expect(placement.reason).not.toBe("");
            continue;
          }
          expect(possible).toContain(placement.sledId);
          now = now.map((sled) =>
            sled.id === placement.sledId
              ? { ...sled, usedThreads: sled.usedThreads + vmm.threads, usedMemory: sled.usedMemory + vmm.memory }
              : sled,
          );
        }
      }),
    );
  });

  it("spreads equal VMMs evenly over equal sleds, and by the same seed in the same way", () => {
    const place = (seed: number): string[] => {
      const random = seededRandom(seed);
      const sleds = ["a", "b", "c", "d"].map((id) => ({
        id,
        cpuFamily: "amd_milan",
        threads: 32,
        usedThreads: 0,
        memory: 32,
        usedMemory: 0,
      }));
      return Array.from({ length: 16 }, () => {
        const placement = placeVmm(sleds, { threads: 2, memory: 1, cpuPlatform: null }, random);
        if ("reason" in placement) throw new Error(placement.reason);
        const sled = sleds.find(({ id }) => id === placement.sledId);
        if (sled !== undefined) sled.usedThreads += 2;
        return placement.sledId;
      });
    };
    for (const seed of [1, 2, 3]) {
      expect(place(seed).sort()).toEqual("aaaabbbbccccdddd".split(""));
      expect(place(seed)).toEqual(place(seed));
    }
    expect(place(1)).not.toEqual(place(2));
  });

  it("says what is short", () => {
    const sled = { id: "a", cpuFamily: "amd_milan", threads: 8, usedThreads: 6, memory: 100, usedMemory: 40 };
    const random = seededRandom(1);
    expect(placeVmm([sled], { threads: 4, memory: 1, cpuPlatform: null }, random)).toEqual({
      reason:
        "it needs 4 CPUs and 1 bytes of memory on one sled; the most free on any one of 1 are 2 CPUs and 60 bytes",
    });
    expect(placeVmm([sled], { threads: 1, memory: 1, cpuPlatform: "amd_turin" }, random)).toEqual({
      reason: "no sled has a CPU fit for amd_turin",
    });
    expect(placeVmm([], { threads: 1, memory: 1, cpuPlatform: null }, random)).toEqual({
      reason: "no sled is in service and takes new instances",
    });
  });
});
