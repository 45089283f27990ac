/** Installs the pinned pnpm and the locked dependencies, once per lock file. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { pnpmDir, pnpmHome, pnpmPin, root, toolsDir } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashText, readStamp, removeStamp, writeStamp } from "./stamp.mjs";

const stampPath = join(root, "node_modules", ".racklet-installed");

function wantedStamp() {
  const lock = readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
  const workspace = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  return hashText(lock, workspace, pnpmPin(), `${process.platform}-${process.arch}`);
}

export function isInstalled() {
  return readStamp(stampPath) === wantedStamp() && pnpmDir() !== undefined;
}

/**
 * Call with the set-up lock held; `onSpawn` learns the children's pids. The stamp is written last, so an interrupted
 * install is done again.
 */
export async function install(onSpawn) {
  if (pnpmDir() === undefined) await installPnpm(onSpawn);
  const wanted = wantedStamp();
  if (readStamp(stampPath) === wanted) return;
  removeStamp(stampPath);
  console.error("racklet: installing dependencies …");
  const reporter = process.stderr.isTTY === true ? "default" : "append-only";
  // Its report goes to standard error: standard output belongs to the verb, for example to `racklet up --json`.
  const code = await run("pnpm", ["install", "--frozen-lockfile", `--reporter=${reporter}`], {
    stdio: ["inherit", 2, 2],
    env: { CI: "1" },
    onSpawn,
  });
  if (code !== 0) throw new Failure(`pnpm install ${outcome(code)}`);
  writeStamp(stampPath, wanted);
}

async function installPnpm(onSpawn) {
  const pin = pnpmPin();
  const home = pnpmHome();
  // Installed beside its final place and moved there at the end: a broken-off download never looks complete.
  const staging = join(toolsDir, "staging");
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  writeFileSync(join(staging, "package.json"), '{"private":true}\n');
  console.error(`racklet: fetching ${pin} …`);
  const args = [
    "install",
    "--prefix",
    staging,
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--loglevel=error",
  ];
  let code;
  try {
    code = await run("npm", [...args, pin], { stdio: ["inherit", 2, 2], onSpawn });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Failure(
      "npm was not found on PATH. It comes with Node: install Node with npm and run the command again.",
    );
  }
  if (code !== 0) {
    throw new Failure(`npm install ${pin} ${outcome(code)}`);
  }
  rmSync(home, { recursive: true, force: true });
  renameSync(staging, home);
  if (pnpmDir() === undefined) {
    throw new Failure(
      `${pin} has no executable for ${process.platform}-${process.arch} in this registry. racklet runs on Linux x64 and arm64.`,
    );
  }
}

function outcome(code) {
  if (code > 128) return "was interrupted. Run the same command again: it starts this step over.";
  return (
    `failed (exit ${code}). If the lines above speak of the network or of a missing version, check the registry with ` +
    "`npm ping` and `npm config get registry`, then run the same command again: it starts this step over."
  );
}
