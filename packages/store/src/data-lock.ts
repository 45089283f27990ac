/**
 * Lets one process at a time have a data directory or file. The lock is the operating system's (held through SQLite on
 * `PATH.lock`), so it ends with its process however that ends, and a recycled process id cannot fool it.
 * `PATH.pid` only serves the message.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DataInUseError } from "./errors.ts";
import { isRetryable } from "./driver-errors.ts";

export interface DataLock {
  release(): void;
}

/** Throws DataInUseError when another process (or this one) holds `path`. The parent directory must exist. */
export function lockData(path: string): DataLock {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (isRetryable(error)) throw new DataInUseError(path, readPid(path));
    throw error;
  }
  writeFileSync(`${path}.pid`, `${process.pid}\n`);
  return {
    release() {
      rmSync(`${path}.pid`, { force: true });
      // The lock file itself stays: removing it would let two later openers lock different files.
      lock.close();
    },
  };
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(`${path}.pid`, "utf8"), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    // The holder has not written it yet, or is just leaving: the lock is what counts.
    return undefined;
  }
}
