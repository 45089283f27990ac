/** Type-checks programs against the installed packages as a strict user would: libraries included, and only the web's globals. */
import { join } from "node:path";
import type { EntryDocument } from "./documents.ts";
import { exec, root, type SdkProject } from "./project.ts";

/** A program that compiles when each client has exactly the operations and iterators of its document. */
export function exactTypes(documents: readonly EntryDocument[]): string {
  const checks = documents.map(({ specifier, operations, pages }, index) => {
    const client = `Client<typeof import("${specifier}")>`;
    return `export const operations${index}: Same<Exclude<keyof ${client}, "pages" | "safe">, ${union(operations)}> = true;
export const safe${index}: Same<keyof ${client}["safe"], ${union(operations)}> = true;
export const pages${index}: Same<keyof ${client}["pages"], ${union(pages)}> = true;
`;
  });
  return `type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : { missing: Exclude<B, A> }) : { unexpected: Exclude<A, B> };
type Creator = (options: { baseUrl: string }) => { safe: object; pages: object };
type Client<M> = { [K in keyof M]: K extends \`\${string}Client\` ? (M[K] extends Creator ? ReturnType<M[K]> : never) : never }[keyof M];
${checks.join("")}`;
}

const union = (names: readonly string[]): string =>
  names.length === 0 ? "never" : names.map((name) => JSON.stringify(name)).join(" | ");

/** The compiler's complaints about the programs (text by file name), each beginning with the name of its file. */
export async function checkTypes(project: SdkProject, programs: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, text] of Object.entries(programs)) await project.write(name, text);
  const strict = ["--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const web = "es2022,dom,dom.iterable,dom.asynciterable";
  const platform = ["--module", "nodenext", "--target", "es2022", "--lib", web, "--types", ""];
  try {
    await exec(join(root, "node_modules/.bin/tsc"), [...strict, ...platform, ...Object.keys(programs)], {
      cwd: project.folder,
    });
    return [];
  } catch (error) {
    // The compiler's exit status is an error here; what it printed is the answer.
    const printed = (error as { stdout?: string }).stdout;
    if (printed === undefined || printed === "") throw error;
    // Further lines of a complaint are indented.
    return printed.trim().split(/\n(?=\S)/);
  }
}
