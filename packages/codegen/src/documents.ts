/** Finds the documents to generate from: `openapi/<ident>/<ident>-<semver>-<hash>.json` and, for lockstep APIs, `openapi/<ident>.json`. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareSemVer, parseSemVer } from "@racklet/api-kit/semver";

export interface DocumentFile {
  readonly ident: string;
  readonly version: string;
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
  /** A lockstep API has one document and no version in its entry point. */
  readonly lockstep: boolean;
}

/** Every document below `folder`, by API, oldest version first. Two files for one version are refused. */
export function readDocuments(folder: string): DocumentFile[] {
  if (!existsSync(folder)) return [];
  const documents: DocumentFile[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) documents.push(...readVersions(folder, entry.name));
    else if (entry.name.endsWith(".json") && entry.name !== "blessed.json") {
      const ident = entry.name.slice(0, -".json".length);
      documents.push(readDocument(folder, entry.name, ident, null));
    }
  }
  return documents.sort((a, b) => (a.ident < b.ident ? -1 : a.ident > b.ident ? 1 : compareVersions(a, b)));
}

function readVersions(folder: string, ident: string): DocumentFile[] {
  const versions = new Map<string, DocumentFile>();
  for (const name of readdirSync(join(folder, ident))) {
    const match = new RegExp(`^${ident}-(\\d.*)-[0-9a-f]{6}\\.json$`).exec(name);
    const version = match?.[1];
    if (version === undefined) continue;
    const other = versions.get(version);
    const document = readDocument(folder, `${ident}/${name}`, ident, version);
    if (other !== undefined) {
      throw new Error(`${other.path} and ${document.path} are both ${ident} ${version}; run: pnpm openapi generate`);
    }
    versions.set(version, document);
  }
  return [...versions.values()];
}

function readDocument(folder: string, name: string, ident: string, version: string | null): DocumentFile {
  const text = readFileSync(join(folder, name), "utf8");
  return {
    ident,
    version: version ?? (JSON.parse(text) as { info: { version: string } }).info.version,
    path: `openapi/${name}`,
    text,
    sha256: createHash("sha256").update(text).digest("hex"),
    lockstep: version === null,
  };
}

function compareVersions(a: DocumentFile, b: DocumentFile): number {
  const left = parseSemVer(a.version);
  const right = parseSemVer(b.version);
  if (left === null || right === null) throw new Error(`${a.path} or ${b.path}: not a semantic version`);
  return compareSemVer(left, right);
}

/** `13.0.0` → `v13`, `13.1.0` → `v13.1`: the entry point of a version's client. */
export function versionTag(version: string): string {
  return `v${version.replace(/(\.0)+$/, "")}`;
}

/** `sled-agent` → `sledAgent`. */
export function camelCase(ident: string): string {
  return ident.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `sled-agent` → `SledAgent`. */
export function pascalCase(ident: string): string {
  const camel = camelCase(ident);
  return camel.slice(0, 1).toUpperCase() + camel.slice(1);
}
