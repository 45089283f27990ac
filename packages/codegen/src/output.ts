/**
 * One generated folder (`src/gen` of a package). A stamp file beside the outputs says from which inputs each was made, so
 * that only what changed is made again. Files are replaced whole; outputs that nobody asks for any more are removed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Job {
  /** The folder, absolute. */
  readonly folder: string;
  /** Files that `make` returns the text of, by name. */
  readonly outputs: readonly string[];
  /** Hash over everything the outputs depend on. */
  readonly input: string;
  readonly make: () => Promise<Readonly<Record<string, string>>>;
}

export interface JobResult {
  readonly made: number;
  readonly kept: number;
  readonly removed: number;
  /** One line each, in words for the person who ran it. */
  readonly failures: readonly string[];
}

const STAMP = ".stamp.json";

/** Runs the jobs that are stale. A job that fails leaves its old outputs and does not stop the others. */
export async function runJobs(jobs: readonly Job[], folders: readonly string[]): Promise<JobResult> {
  let made = 0;
  let kept = 0;
  let removed = 0;
  const failures: string[] = [];
  for (const folder of folders) {
    const own = jobs.filter((job) => job.folder === folder);
    const old = readStamp(folder);
    const stamp: Record<string, string> = {};
    for (const job of own) {
      const fresh = job.outputs.every((name) => old[name] === job.input && existsSync(join(folder, name)));
      if (fresh) kept += job.outputs.length;
      else {
        try {
          const texts = await job.make();
          for (const name of job.outputs) replaceFile(folder, name, texts[name] ?? missing(name));
          made += job.outputs.length;
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
          continue;
        }
      }
      for (const name of job.outputs) stamp[name] = job.input;
    }
    removed += removeOthers(folder, new Set(own.flatMap((job) => job.outputs)));
    if (JSON.stringify(stamp) !== JSON.stringify(old))
      replaceFile(folder, STAMP, `${JSON.stringify(stamp, null, 2)}\n`);
  }
  return { made, kept, removed, failures };
}

function readStamp(folder: string): Record<string, string> {
  const path = join(folder, STAMP);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, string>) : {};
}

function removeOthers(folder: string, wanted: ReadonlySet<string>): number {
  if (!existsSync(folder)) return 0;
  const others = readdirSync(folder).filter((name) => name !== STAMP && !wanted.has(name));
  for (const name of others) rmSync(join(folder, name), { recursive: true });
  return others.length;
}

// A reader never sees half a file, and two runs at once end with one of two equal ones.
function replaceFile(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${name}.${process.pid}`);
  writeFileSync(temporary, text);
  renameSync(temporary, join(folder, name));
}

function missing(name: string): never {
  throw new Error(`the generator made no ${name}`);
}
