/**
 * A hash of a set of entries that does not depend on their order and follows a change at the cost of the change: the
 * sum of the entries' hashes. It is for people and for comparing switches; no decision rests on it.
 */
import type { NatEntry } from "./entry.ts";

export class ContentHash {
  #first = 0;
  #second = 0;

  add(entry: NatEntry): void {
    hashEntry(entry);
    this.#first = (this.#first + first) | 0;
    this.#second = (this.#second + second) | 0;
  }

  subtract(entry: NatEntry): void {
    hashEntry(entry);
    this.#first = (this.#first - first) | 0;
    this.#second = (this.#second - second) | 0;
  }

  /** The hash of this set with those of `more` added and those of `less` taken away, as 16 hexadecimal digits. */
  combined(more: ContentHash, less: ContentHash): string {
    return hex(this.#first + more.#first - less.#first) + hex(this.#second + more.#second - less.#second);
  }
}

const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, "0");

/** The two lanes of the last entry hashed: answering them as an object would cost an allocation per entry. */
let first = 0;
let second = 0;

function hashEntry(entry: NatEntry): void {
  first = 0x811c_9dc5 | 0;
  second = 0x2545_f491;
  if (entry.family === "ipv4") mixNumber(entry.order);
  else mixText(entry.external);
  mixNumber(entry.low * 65_536 + entry.high);
  mixText(entry.internalIp);
  const macHigh = Math.floor(entry.mac / 0x100_0000);
  mixNumber(macHigh);
  // The remainder operator on numbers of more than 32 bits is a slow call.
  mixNumber(entry.mac - macHigh * 0x100_0000);
  mixNumber(entry.vni);
  first = finish(first);
  second = finish(second);
}

function mixText(text: string): void {
  let a = first;
  let b = second;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x0100_0193);
    b = Math.imul(b ^ code, 0x5bd1_e995);
  }
  first = a;
  second = b;
}

function mixNumber(value: number): void {
  first = Math.imul(first ^ value, 0x9e37_79b1);
  first ^= first >>> 15;
  second = Math.imul(second ^ value, 0x85eb_ca77);
  second ^= second >>> 15;
}

/** Murmur's finalizer: sums of close values must not cancel out. */
function finish(lane: number): number {
  let hash = Math.imul(lane ^ (lane >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
