/** Small files of JSON that are whole or as they were before, whenever this process dies. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Creates the directory if need be. */
export function writeJson(path: string, value: unknown): void {
  const text = `${JSON.stringify(value)}\n`;
  const next = `${path}.new`;
  try {
    writeFileSync(next, text, { mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(next, text, { mode: 0o600 });
  }
  renameSync(next, path);
}

/** Undefined when there is no such file. Throws for one that cannot be read or is no JSON. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return JSON.parse(text);
}

/** Does nothing when there is none. */
export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
