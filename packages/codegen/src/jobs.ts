/** What is generated from which inputs: clients from documents alone, validators from documents and the list of revisions. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Api } from "@racklet/api-kit/declare";
import { clientSource } from "./client-source.ts";
import { versionTag, type DocumentFile } from "./documents.ts";
import { hashTexts } from "./hash.ts";
import type { Job } from "./output.ts";

export interface JobInputs {
  readonly root: string;
  readonly documents: readonly DocumentFile[];
  /** Hashes of the generator's own sources, and of these plus the declarations. */
  readonly generator: string;
  readonly declarations: string;
  readonly loadApis: () => Promise<readonly Api[]>;
}

/** APIs whose client is an entry of another package. */
const ENTRIES: Readonly<Record<string, { readonly client: string; readonly entry: string }>> = {
  "nexus-lockstep": { client: "nexus-internal-client", entry: "lockstep" },
};

/** The package of a document's client, and the name of its entry point there. */
export function entryOf({ ident, version }: DocumentFile): { readonly client: string; readonly entry: string } {
  return ENTRIES[ident] ?? { client: `${ident}-client`, entry: versionTag(version) };
}

const genFolder = (root: string, name: string): string => join(root, "packages", name, "src", "gen");

/** Every generated folder, also those for which there is nothing to generate yet. */
export function genFolders(root: string): string[] {
  return readdirSync(join(root, "packages"))
    .filter((name) => name.endsWith("-client") || name === "api-types")
    .filter((name) => existsSync(join(root, "packages", name, "package.json")))
    .map((name) => genFolder(root, name));
}

export function clientJobs({ root, documents, generator }: JobInputs): Job[] {
  const jobs = documents.map((document): Job => {
    const { client, entry } = entryOf(document);
    const types = `${entry}.types.d.ts`;
    return {
      folder: genFolder(root, client),
      outputs: [`${entry}.ts`, types],
      input: hashTexts(generator, document.path, document.sha256),
      make: async () => {
        const { clientTypes } = await import("./client-types.ts");
        return { [`${entry}.ts`]: clientSource(document, entry), [types]: await clientTypes(document) };
      },
    };
  });
  const unknown = jobs.find(({ folder }) => !genFolders(root).includes(folder));
  if (unknown !== undefined)
    throw new Error(`no client package for ${unknown.outputs[0]}: ${unknown.folder} is missing`);
  return [...jobs, ...latestJobs(root, documents)];
}

// Each client package re-exports its newest version, so this file exists even before the first document.
function latestJobs(root: string, documents: readonly DocumentFile[]): Job[] {
  return genFolders(root)
    .filter((folder) => folder !== genFolder(root, "api-types"))
    .map((folder) => {
      const newest = documents.findLast(
        ({ ident }) => ENTRIES[ident] === undefined && genFolder(root, `${ident}-client`) === folder,
      );
      const text = newest === undefined ? "export {};\n" : `export * from "./${versionTag(newest.version)}.ts";\n`;
      return { folder, outputs: ["latest.ts"], input: hashTexts(text), make: async () => ({ "latest.ts": text }) };
    });
}

export function validatorJobs({ root, documents, declarations, loadApis }: JobInputs): Job[] {
  const idents = [...new Set(documents.map(({ ident }) => ident))];
  return idents.map((ident) => {
    const own = documents.filter((document) => document.ident === ident);
    const files = [`${ident}.validators`, `${ident}.response-validators`] as const;
    return {
      folder: genFolder(root, "api-types"),
      outputs: files.flatMap((name) => [`${name}.js`, `${name}.d.ts`]),
      input: hashTexts(declarations, ...own.flatMap(({ path, sha256 }) => [path, sha256])),
      make: async () => {
        const api = (await loadApis()).find((each) => each.ident === ident);
        if (api === undefined)
          throw new Error(`openapi/ has ${ident}, which is not declared; run: pnpm openapi generate`);
        const { planValidators } = await import("./validator-plan.ts");
        const { validatorSource, validatorTypes } = await import("./validator-source.ts");
        const plan = planValidators(api, own);
        return {
          [`${files[0]}.js`]: validatorSource("bodyValidators", plan.bodies),
          [`${files[0]}.d.ts`]: validatorTypes("bodyValidators"),
          [`${files[1]}.js`]: validatorSource("responseValidators", plan.responses),
          [`${files[1]}.d.ts`]: validatorTypes("responseValidators"),
        };
      },
    };
  });
}
