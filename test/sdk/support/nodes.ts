/** The Node releases that the packages promise to run on: the pinned one, and older ones where they can be had. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ALL } from "../../compat/support/runs.ts";
import { exec, root } from "./project.ts";

/** Exact releases of the npm packages `node-linux-<arch>`, which are fetched only for the whole of the compatibility tests. */
const RELEASES: Readonly<Record<number, string>> = { 20: "20.20.2", 22: "22.23.3" };
export const MAJORS = [20, 22, 24];

/** The executable of a Node of this major, or undefined: not installed, and not to be fetched in a short run. */
export async function findNode(major: number): Promise<string | undefined> {
  const fetched = join(root, `.tools/node-${major}/node_modules/node-linux-${process.arch}/bin/node`);
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  for (const path of [process.execPath, fetched, ...onPath]) {
    if (existsSync(path) && (await majorOf(path)) === major) return path;
  }
  const release = RELEASES[major];
  if (!ALL || release === undefined) return undefined;
  const place = ["--prefix", join(root, `.tools/node-${major}`), "--no-save", "--no-audit", "--no-fund"];
  await exec("npm", ["install", ...place, `node-linux-${process.arch}@${release}`], { cwd: root });
  return fetched;
}

async function majorOf(path: string): Promise<number> {
  const { stdout } = await exec(path, ["--version"]);
  return Number(stdout.slice(1).split(".")[0]);
}
