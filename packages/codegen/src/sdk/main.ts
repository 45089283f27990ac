/** `node packages/codegen/src/sdk/main.ts build|pack`: builds the packages to publish, or packs them into .tools/sdk. */
import { join, resolve } from "node:path";
import { packSdk } from "./pack.ts";
import { sdkPackages } from "./packages.ts";

const root = resolve(import.meta.dirname, "../../../..");
const packages = sdkPackages(root);
const verb = process.argv[2];
if (verb === "build") {
  const { buildPackage } = await import("./build.ts");
  for (const each of packages) await buildPackage(each);
  console.error(`sdk: built ${packages.length} packages`);
} else if (verb === "pack") {
  const { tarballs, hash, isFresh } = await packSdk(root, packages, join(root, ".tools/sdk"));
  console.error(`sdk: ${tarballs.length} packages, ${isFresh ? "packed" : "nothing changed since they were packed"}`);
  console.log(JSON.stringify({ hash, tarballs }));
} else {
  console.error("usage: main.ts build|pack");
  process.exitCode = 2;
}
