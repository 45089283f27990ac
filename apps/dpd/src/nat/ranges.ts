/** The entries of one address: sorted by low, ranges disjoint. */
import { partitionPoint } from "../table/search.ts";
import { sameRange } from "./entry.ts";
import { NatEntry } from "./entry.ts";
import type { NatKey } from "./entry.ts";

/** Most addresses have one entry, and a list around it would be a fifth of what it costs. */
export type AtAddress = NatEntry | NatEntry[];

export function listAt(held: AtAddress): NatEntry[] {
  return held instanceof NatEntry ? [held] : held;
}

/** The entry whose range contains `port`. */
export function findContaining(list: readonly NatEntry[], port: number): NatEntry | undefined {
  const entry = list[firstEndingAtOrAfter(list, port)];
  return entry !== undefined && entry.low <= port ? entry : undefined;
}

/** The entry of exactly that range. */
export function findExact(list: readonly NatEntry[], key: NatKey): NatEntry | undefined {
  const entry = list[firstEndingAtOrAfter(list, key.low)];
  return entry !== undefined && sameRange(entry, key) ? entry : undefined;
}

/** Entries that share a port with the range, in order. */
export function overlapping(list: readonly NatEntry[], low: number, high: number): NatEntry[] {
  const from = firstEndingAtOrAfter(list, low);
  const to = partitionPoint(list, (entry) => entry.low <= high);
  return list.slice(from, to);
}

/** Puts the entry in its place; answers the entry that is in the way instead, and then changes nothing. */
export function insertSorted(list: NatEntry[], entry: NatEntry): NatEntry | undefined {
  const at = firstEndingAtOrAfter(list, entry.low);
  const next = list[at];
  if (next !== undefined && next.low <= entry.high) return next;
  list.splice(at, 0, entry);
  return undefined;
}

/** A copy without the entry. */
export function without(list: readonly NatEntry[], entry: NatEntry): NatEntry[] {
  return list.filter((other) => other !== entry);
}

function firstEndingAtOrAfter(list: readonly NatEntry[], port: number): number {
  return partitionPoint(list, (entry) => entry.high < port);
}
