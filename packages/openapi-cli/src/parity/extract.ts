/** Reads the facts of upstream's documents out of a clone of its repository, older documents by what points at them in history. */
import { execFileSync } from "node:child_process";
import { compareSemVer, parseSemVer } from "@racklet/api-kit/semver";
import { factsOf, type OpenApi } from "./facts.ts";
import { tableText } from "./table.ts";

/** `folder`: of the documents in the repository, or the one document of an API without versions. */
export function extract(gitDir: string, folder: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", ["--git-dir", gitDir, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
  const files = git("ls-tree", "-r", "--name-only", "HEAD", folder).trim().split("\n");
  const documents = files
    .filter((file) => /\.json(\.gitstub)?$/.test(file) && !file.endsWith("-latest.json"))
    .map((file) => {
      const text = git("show", `HEAD:${file}`);
      // Such a file has one line, `commit:path`.
      return JSON.parse(file.endsWith(".gitstub") ? git("show", text.trim()) : text) as OpenApi;
    });
  if (documents.length === 0) throw new Error(`${gitDir} has no documents in ${folder}`);
  const sorted = documents.toSorted((a, b) => compareSemVer(semver(a), semver(b)));
  return tableText(sorted.map((document) => [document.info.version, factsOf(document)]));
}

function semver({ info }: OpenApi): NonNullable<ReturnType<typeof parseSemVer>> {
  const parsed = parseSemVer(info.version);
  if (parsed === null) throw new Error(`a document of version ${info.version}`);
  return parsed;
}
