/** Content hashes of what generated files depend on. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function hashTexts(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
}

/** Names and contents of every TypeScript file below the folders, `gen` left out. */
export function hashSources(folders: readonly string[]): string {
  const texts: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "gen") walk(path);
      } else if (entry.name.endsWith(".ts")) texts.push(entry.name, readFileSync(path, "utf8"));
    }
  };
  for (const folder of folders) if (existsSync(folder)) walk(folder);
  return hashTexts(...texts);
}
