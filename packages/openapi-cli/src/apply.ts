/** Carries out a verdict. Each file is replaced whole. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Action } from "./judge.ts";

export function apply(folder: string, actions: readonly Action[]): void {
  for (const action of actions) {
    const path = join(folder, action.file);
    if (action.kind === "remove") {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    if (action.kind === "link") symlinkSync(action.target, temporary);
    else writeFileSync(temporary, action.text);
    renameSync(temporary, path);
  }
}
