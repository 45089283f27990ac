/** Packs what is to be published: builds when something changed since the last time, then one tarball per package. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { hashSources, hashTexts } from "../hash.ts";
import type { SdkPackage } from "./packages.ts";

export interface Packed {
  /** In the order of the packages. */
  readonly tarballs: readonly string[];
  /** Over everything that the tarballs are made of. */
  readonly hash: string;
  readonly isFresh: boolean;
}

/** `out`: the folder for the tarballs, which is emptied. */
export async function packSdk(root: string, packages: readonly SdkPackage[], out: string): Promise<Packed> {
  const hash = inputHash(root, packages);
  const stamp = join(out, "stamp");
  const tarballs = packages.map(({ name, version }) => join(out, `${name.slice(1).replace("/", "-")}-${version}.tgz`));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return { tarballs, hash, isFresh: false };
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const { buildPackage } = await import("./build.ts");
  for (const each of packages) await buildPackage(each);
  for (const { folder } of packages) {
    await promisify(execFile)("pnpm", ["pack", "--pack-destination", out], { cwd: folder });
  }
  const missing = tarballs.filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`pnpm packed, but not to ${missing.join(", ")}`);
  writeFileSync(stamp, hash);
  return { tarballs, hash, isFresh: true };
}

function inputHash(root: string, packages: readonly SdkPackage[]): string {
  const sources = hashSources(
    ["packages/codegen/src", "packages/world/src", "packages/client-runtime/src"].map((folder) => join(root, folder)),
  );
  const own = packages.flatMap(({ folder, documents }) => [
    ...["package.json", "README.md", "src/index.ts"].map((file) => readFileSync(join(folder, file), "utf8")),
    ...Object.values(documents).map(({ sha256 }) => sha256),
  ]);
  const shared = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "LICENSE"].map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  return hashTexts(sources, ...own, ...shared);
}
