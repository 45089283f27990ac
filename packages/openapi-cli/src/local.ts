/** The documents' folder as it is. Only names that this tool writes are looked at; goldens and the like are not its business. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export interface LocalFile {
  readonly ident: string;
  /** Null for a lockstep document and for the `-latest` link. */
  readonly version: string | null;
  readonly kind: "version" | "lockstep" | "latest";
  /** Text of a document, target of a link. */
  readonly content: string;
}

/** By path relative to `folder`. */
export type LocalFiles = ReadonlyMap<string, LocalFile>;

export const LEDGER = "blessed.json";

export function readLocal(folder: string): LocalFiles {
  const files = new Map<string, LocalFile>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) readIdent(folder, entry.name, files);
    else if (entry.name.endsWith(".json") && entry.name !== LEDGER) {
      const ident = entry.name.slice(0, -".json".length);
      files.set(entry.name, { ident, version: null, kind: "lockstep", content: read(join(folder, entry.name)) });
    }
  }
  return files;
}

function readIdent(folder: string, ident: string, files: Map<string, LocalFile>): void {
  for (const name of readdirSync(join(folder, ident))) {
    const path = join(folder, ident, name);
    if (name === `${ident}-latest.json`) {
      files.set(`${ident}/${name}`, { ident, version: null, kind: "latest", content: linkTarget(path) });
      continue;
    }
    if (!name.startsWith(`${ident}-`)) continue;
    const version = /^(\d.*)-[0-9a-f]{6}\.json$/.exec(name.slice(ident.length + 1))?.[1];
    if (version !== undefined) files.set(`${ident}/${name}`, { ident, version, kind: "version", content: read(path) });
  }
}

const read = (path: string): string => readFileSync(path, "utf8");

// A checkout without symbolic links has a file with the target's name in it, which is as good.
function linkTarget(path: string): string {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : read(path).trim();
}
