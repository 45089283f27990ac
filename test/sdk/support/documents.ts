/** What the committed documents say about an entry point: the other side of every comparison with what is packed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.ts";

export interface EntryDocument {
  /** For example `@racklet/dpd-client/v13`. */
  readonly specifier: string;
  readonly ident: string;
  readonly version: string;
  readonly isLockstep: boolean;
  /** By name. */
  readonly operations: readonly string[];
  /** Those of them with pages. */
  readonly pages: readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly "x-dropshot-pagination"?: object;
}

/** One for each specifier with a version. */
export function documentsOf(specifiers: readonly string[]): EntryDocument[] {
  return specifiers.flatMap((specifier) => {
    const [, name, entry] = specifier.split("/");
    if (name === undefined || entry === undefined) return [];
    const isLockstep = entry === "lockstep";
    const ident = isLockstep ? "nexus-lockstep" : name.replace(/-client$/, "");
    const path = isLockstep ? `openapi/${ident}.json` : versionedDocument(ident, entry);
    const document = JSON.parse(readFileSync(join(root, path), "utf8")) as {
      readonly info: { readonly version: string };
      readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    };
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const names = (chosen: readonly Operation[]): string[] => chosen.map(({ operationId }) => operationId).sort();
    return {
      specifier,
      ident,
      version: document.info.version,
      isLockstep,
      operations: names(operations),
      pages: names(operations.filter((operation) => operation["x-dropshot-pagination"] !== undefined)),
    };
  });
}

/** `v13.1` stands for 13.1.0. */
function versionedDocument(ident: string, entry: string): string {
  const version = [...entry.slice(1).split("."), "0", "0"].slice(0, 3).join(".");
  const folder = `openapi/${ident}`;
  const file = existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).find((each) => each.startsWith(`${ident}-${version}-`))
    : undefined;
  if (file === undefined) throw new Error(`no document of ${ident} ${version}`);
  return `${folder}/${file}`;
}
