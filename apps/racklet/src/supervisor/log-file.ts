/**
 * The log of one service: a file of bounded size and the one before it. Writing never fails for the caller: a full disk
 * must not take the rack down, so what could not be written is counted and said once it can be.
 */
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const MAX_BYTES = 8 * 1024 * 1024;

export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  #fd: number | undefined;
  #size = 0;
  #lost = 0;

  constructor(path: string, maxBytes = MAX_BYTES) {
    this.path = path;
    this.#maxBytes = maxBytes;
  }

  /** Lines that are not in the file, because it could not be written. */
  get lostLines(): number {
    return this.#lost;
  }

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      const fd = this.#openFor(bytes.length);
      if (this.#lost > 0) {
        const lost = this.#lost;
        this.#lost = 0;
        this.#size += writeSync(fd, `${lost} lines were lost: the log could not be written\n`);
      }
      this.#size += writeSync(fd, bytes);
    } catch {
      this.#lost++;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #openFor(bytes: number): number {
    if (this.#fd !== undefined && this.#size + bytes > this.#maxBytes) {
      this.close();
      renameSync(this.path, `${this.path}.1`);
    }
    if (this.#fd === undefined) {
      mkdirSync(dirname(this.path), { recursive: true });
      this.#fd = openSync(this.path, "a", 0o600);
      this.#size = fstatSync(this.#fd).size;
    }
    return this.#fd;
  }
}
