/** The repository as data for the tests of this folder: its files, its packages, and what imports what. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "vite";

export const root = resolve(import.meta.dirname, "../../..");

/** Written by tools or by machines, or not ours. */
const skippedFolders = new Set(["node_modules", ".git", ".tools", ".turbo", ".racklet", "gen", "coverage", "dist"]);

export interface Package {
  /** `@racklet/net` → `net`; apps keep their prefix: `apps/dpd`. */
  readonly key: string;
  readonly name: string;
  /** Relative to the root, for example `packages/net`. */
  readonly folder: string;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  readonly sources: readonly Source[];
}

export interface Source {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  /** Relative to its package, for example `src/http/nat.ts`. */
  readonly inPackage: string;
  readonly lines: number;
  /** Module specifiers as written. */
  readonly imports: readonly string[];
  /** Those among them that are asked for types alone, and so not loaded at run time. */
  readonly typeOnly: ReadonlySet<string>;
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

/** All files below `folder` (relative to the root) that are kept in the repository. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path.split(sep).join("/")] : [];
  });
}

export function readPackages(): Package[] {
  const folders = ["apps", "packages"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  return [...folders, "test"].map(readPackage);
}

function readPackage(folder: string): Package {
  // The shape pnpm itself insists on.
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
  return {
    key: folder.replace(/^packages\//, ""),
    name: manifest.name,
    folder,
    dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    sources: filesBelow(folder)
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readSource(folder, path)),
  };
}

function readSource(folder: string, path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const inPackage = relative(folder, path).split(sep).join("/");
  return { path, inPackage, lines: text.split("\n").length - 1, ...importsOf(path, text) };
}

/** The modules that a file asks for; strings and comments that only look like imports are not among them. */
export function importsOf(path: string, text: string): Pick<Source, "imports" | "typeOnly"> {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const isTypes = (entries: readonly { isType: boolean }[]): boolean =>
    entries.length > 0 && entries.every(({ isType }) => isType);
  const found = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      name: moduleRequest.value,
      types: isTypes(entries),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? [{ name: moduleRequest.value, types: isType }] : [],
      ),
    ),
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^["'](.+)["']$/.exec(text.slice(start, end));
      return literal?.[1] === undefined ? [] : [{ name: literal[1], types: false }];
    }),
  ];
  const loaded = new Set(found.filter(({ types }) => !types).map(({ name }) => name));
  const imports = [...new Set(found.map(({ name }) => name))];
  return { imports, typeOnly: new Set(imports.filter((name) => !loaded.has(name))) };
}

/** The file a relative import names, relative to the root. */
export function resolveRelative(from: string, specifier: string): string {
  return join(dirname(from), specifier).split(sep).join("/");
}
