/** The packages that are published: the client runtime, and the clients with an entry point per version. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readDocuments, type DocumentFile } from "../documents.ts";
import { entryOf } from "../jobs.ts";

export interface SdkPackage {
  /** For example `@racklet/dpd-client`. */
  readonly name: string;
  readonly version: string;
  /** Absolute. */
  readonly folder: string;
  /** Sources by the name of the file that is built, oldest version first, `index` last. */
  readonly entries: Readonly<Record<string, string>>;
  /** By entry. None for the runtime. */
  readonly documents: Readonly<Record<string, DocumentFile>>;
}

/** The runtime first: the others depend on it. */
export function sdkPackages(root: string): SdkPackage[] {
  const documents = readDocuments(join(root, "openapi"));
  const clients = readdirSync(join(root, "packages")).filter((name) => name.endsWith("-client"));
  return ["client-runtime", ...clients].map((name): SdkPackage => {
    const folder = join(root, "packages", name);
    const own = documents.flatMap((document) => {
      const { client, entry } = entryOf(document);
      return client === name ? [[entry, document] as const] : [];
    });
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      version: string;
    };
    return {
      name: manifest.name,
      version: manifest.version,
      folder,
      entries: { ...Object.fromEntries(own.map(([entry]) => [entry, `src/gen/${entry}.ts`])), index: "src/index.ts" },
      documents: Object.fromEntries(own),
    };
  });
}
