/**
 * What dpd answers at each version is what was recorded of that version. `node apps/dpd/scripts/record-goldens.ts` records
 * anew: right after a step was added to the story, wrong for a published version whose answers have changed.
 */
import { readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { goldenFile } from "./support/goldens.ts";
import { VERSIONS, recordStory } from "./support/play.ts";

test.each(VERSIONS)("version %s answers as it was recorded", async (version) => {
  const recorded = readFileSync(goldenFile(version), "utf8").trimEnd().split("\n");
  const played = await recordStory(version);
  expect(played.map((line) => (JSON.parse(line) as { operation: string }).operation)).toEqual(
    recorded.map((line) => (JSON.parse(line) as { operation: string }).operation),
  );
  for (const [at, line] of played.entries()) expect(JSON.parse(line)).toEqual(JSON.parse(recorded[at] ?? "null"));
});

test("there is a recording of each version and of no other", () => {
  expect(readdirSync(dirname(goldenFile("1.0.0"))).sort()).toEqual(
    VERSIONS.map((version) => `${version}.jsonl`).sort(),
  );
});
