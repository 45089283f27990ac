/** Makes the checkout ready to run; a few milliseconds when it already is. Safe to call from several processes at once. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { generate, isGenerated } from "./codegen.mjs";
import { Failure } from "./failure.mjs";
import { install, isInstalled } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { binDir } from "./paths.mjs";

export async function prepare() {
  if (!isInstalled() || !isGenerated()) {
    await withLock("set-up", async (onSpawn) => {
      await install(onSpawn);
      requireNode24();
      await generate(onSpawn);
    });
  }
  requireNode24();
}

/** The lock file brings Node 24 on Linux x64 and arm64; elsewhere the installed Node has to be new enough. */
function requireNode24() {
  if (existsSync(join(binDir, "node"))) return;
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) return;
  throw new Failure(
    `the pinned Node 24 is not installed: it exists for Linux x64 and arm64, and this is ${process.platform}-${process.arch} ` +
      `with Node ${process.versions.node}. Install Node 24 or newer and run the command again.`,
  );
}
