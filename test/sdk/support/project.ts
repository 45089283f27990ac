/** The published packages in an empty project: packed, and installed from the tarballs by npm, offline. */
import { execFile } from "node:child_process";
import { readFileSync, readdirSync, realpathSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const exec = promisify(execFile);
export const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface SdkProject {
  readonly folder: string;
  /** Absolute paths, the runtime's first. */
  readonly tarballs: readonly string[];
  readonly packages: readonly InstalledPackage[];
  write(name: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** What can be imported: the name, and the name with each version, oldest first. */
  readonly specifiers: readonly string[];
}

export async function installSdk(): Promise<SdkProject> {
  const { stdout } = await exec(process.execPath, [join(root, "tools/sdk.mjs"), "pack"], { cwd: root });
  const { tarballs } = JSON.parse(stdout) as { tarballs: string[] };
  const folder = await mkdtemp(join(tmpdir(), "racklet-sdk-"));
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  await write("package.json", JSON.stringify({ private: true, type: "module" }));
  // What a registry would add, from what is installed here.
  const openapiFetch = realpathSync(join(root, "packages/client-runtime/node_modules/openapi-fetch"));
  const others = [openapiFetch, join(openapiFetch, "../openapi-typescript-helpers")];
  const flags = ["--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await exec("npm", ["install", ...flags, ...others, ...tarballs], { cwd: folder });
  const scope = join(folder, "node_modules/@racklet");
  return {
    folder,
    tarballs,
    packages: readdirSync(scope).map((name) => readInstalled(join(scope, name))),
    write,
    remove: () => rm(folder, { recursive: true }),
  };
}

function readInstalled(folder: string): InstalledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string };
  const oldestFirst = new Intl.Collator("en", { numeric: true }).compare;
  const files = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".js"));
  const entries = files.map((name) => basename(name, ".js")).sort(oldestFirst);
  const specifiers = entries.map((entry) => (entry === "index" ? manifest.name : `${manifest.name}/${entry}`));
  return { name: manifest.name, folder, manifest, specifiers };
}
