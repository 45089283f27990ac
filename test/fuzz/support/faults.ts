/** Collects what went wrong, so that one run shows more than its first failure. */
import { REPLAY } from "./seed.ts";

const SHOWN = 5;
const LISTED = 40;
const MAX = 200;

export class Faults {
  readonly found: string[] = [];

  add(...texts: readonly string[]): void {
    this.found.push(...texts);
  }

  /** No more is learned from going on. */
  get isEnough(): boolean {
    return this.found.length >= MAX;
  }

  /** Throws unless there are none. */
  check(): void {
    if (this.found.length === 0) return;
    const shown = this.found.slice(0, SHOWN).map((text, i) => `--- ${i + 1}. ${text}`);
    const rest = [...new Set(this.found.slice(SHOWN).map((text) => text.split("\n")[0]))];
    const tail = rest.length === 0 ? [] : [`--- and ${this.found.length - SHOWN} more:`, ...rest];
    throw new Error([`${this.found.length} faults; ${REPLAY}`, ...shown, ...tail.slice(0, LISTED)].join("\n"));
  }
}
