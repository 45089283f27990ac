/** `RACKLET_SEEDS=17` or `1000-1999` runs others instead of the first; every failure names its seed. */
import { afterAll, describe, expect, it } from "vitest";
import { closeDatabase } from "./support/database.ts";
import { runSeed } from "./support/run.ts";
import { optionsOf } from "./support/seeds.ts";

const SEEDS = "1-200";

afterAll(closeDatabase);

// In one file, and so in one process: the first runs of each take twice as long as the later ones.
describe("after requests and faults drawn from a seed, a rack comes to rest as its database says", () => {
  it.each(chosen())("seed %i", async (seed) => {
    expect((await runSeed(optionsOf(seed))).length).toBeGreaterThan(0);
  });
});

function chosen(): number[] {
  const [first = 1, last = first] = (process.env["RACKLET_SEEDS"] ?? SEEDS).split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}
