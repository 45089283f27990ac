/** Regenerates packages/<name>/src/gen when the documents or the generator changed since the last complete run. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { root, toolsDir } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashText, hashTrees, readStamp, removeStamp, writeStamp } from "./stamp.mjs";

const generator = "packages/codegen/src/main.ts";
const stampPath = join(toolsDir, "codegen-stamp");
const inputs = [
  "openapi",
  ...["codegen", "api-kit", "api-types", "client-runtime"].map((name) => `packages/${name}/src`),
];

/** Covers the versions of the generators, and the output as well: deleting or editing generated files makes them stale. */
function currentStamp() {
  const packages = readdirSync(join(root, "packages"));
  return hashText(
    readFileSync(join(root, "pnpm-lock.yaml"), "utf8"),
    hashTrees(
      inputs.map((folder) => join(root, folder)),
      (name) => name === "gen",
    ),
    hashTrees(packages.map((name) => join(root, "packages", name, "src", "gen"))),
  );
}

export function isGenerated() {
  return !existsSync(join(root, generator)) || readStamp(stampPath) === currentStamp();
}

/** Call with the set-up lock held, after the install. */
export async function generate(onSpawn) {
  if (isGenerated()) return;
  removeStamp(stampPath);
  const code = await run("node", [generator], { stdio: ["inherit", 2, 2], onSpawn });
  if (code !== 0)
    throw new Failure(
      `generating clients and validators failed (exit ${code}); the reason is above. Nothing else was run.`,
    );
  writeStamp(stampPath, currentStamp());
}
