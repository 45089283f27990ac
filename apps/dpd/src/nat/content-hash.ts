/**
 * A hash of a set of entries that does not depend on their order and follows a change at the cost of the change: the
 * sum of the entries' hashes. It is for people and for comparing switches; no decision rests on it.
 */
import type { NatRow } from "../table/nat.ts";

export class ContentHash {
  #first = 0;
  #second = 0;

  add(row: NatRow): void {
    this.#first = (this.#first + rowHash(row, 0x811c_9dc5)) | 0;
    this.#second = (this.#second + rowHash(row, 0x2545_f491)) | 0;
  }

  subtract(row: NatRow): void {
    this.#first = (this.#first - rowHash(row, 0x811c_9dc5)) | 0;
    this.#second = (this.#second - rowHash(row, 0x2545_f491)) | 0;
  }

  /** The hash of this set with those of `more` added and those of `less` taken away. */
  combined(more: ContentHash, less: ContentHash): string {
    return hex(this.#first + more.#first - less.#first) + hex(this.#second + more.#second - less.#second);
  }
}

const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, "0");

function rowHash(row: NatRow, seed: number): number {
  let hash = textHash(row.external, seed);
  hash = mix(hash, row.low * 65_536 + row.high);
  hash = textHash(row.internalIp, hash);
  hash = mix(hash, Math.floor(row.mac / 0x100_0000));
  hash = mix(hash, row.mac % 0x100_0000);
  hash = mix(hash, row.vni);
  // Murmur's finalizer: sums of close values must not cancel out.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return hash;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}
