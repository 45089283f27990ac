/**
 * Builds the packages to be published, or packs them into .tools/sdk: `node tools/sdk.mjs build|pack`. One run at a time, as it
 * writes into the packages.
 */
import { withLock } from "./lib/lock.mjs";
import { run } from "./lib/run.mjs";

process.exitCode = await withLock("sdk", (onSpawn) =>
  run("node", ["packages/codegen/src/sdk/main.ts", ...process.argv.slice(2)], { onSpawn }),
);
