/** From the sources of a package to what is published: ES modules, declarations and the documentation of every operation. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "tsdown";
import { operationDocs } from "./docs.ts";
import type { SdkPackage } from "./packages.ts";

/** Writes `dist` and `docs` of the package anew. Nothing but language features of ES2022 and the web platform is needed. */
export async function buildPackage(pkg: SdkPackage): Promise<void> {
  const { folder, entries, documents } = pkg;
  const isClient = Object.keys(documents).length > 0;
  await build({
    config: false,
    cwd: folder,
    entry: { ...entries },
    outDir: "dist",
    clean: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    tsconfig: false,
    // Module by module: an entry point shares its types with the package's main one, and keeps its own names for them.
    unbundle: isClient,
    dts: { oxc: true },
    // The declarations take in the World's interfaces, which are a devDependency; of its implementation nothing is reached.
    deps: { neverBundle: [/^node:/, "pino"] },
    logLevel: "warn",
    failOnWarn: true,
  });
  writeDocs(pkg);
}

function writeDocs({ name, folder, documents }: SdkPackage): void {
  const docs = join(folder, "docs");
  if (Object.keys(documents).length > 0) mkdirSync(docs, { recursive: true });
  const others = existsSync(docs)
    ? readdirSync(docs).filter((file) => documents[basename(file, ".md")] === undefined)
    : [];
  for (const file of others) rmSync(join(docs, file));
  for (const [entry, document] of Object.entries(documents)) {
    writeFileSync(join(docs, `${entry}.md`), operationDocs(document, `${name}/${entry}`));
  }
}
