/**
 * `node apps/dpd/scripts/record-goldens.ts [version …]`: records what dpd answers to the story at each version, or at
 * those given, in openapi/dpd/golden. What changes in a version that has been published is a broken promise, not an update.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { goldenFile } from "../test/http/support/goldens.ts";
import { VERSIONS, recordStory } from "../test/http/support/play.ts";
import { dirname } from "node:path";

const asked = process.argv.slice(2);
for (const version of asked.length > 0 ? asked : VERSIONS) {
  const file = goldenFile(version);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${(await recordStory(version)).join("\n")}\n`);
}
