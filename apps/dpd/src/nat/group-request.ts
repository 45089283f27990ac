/** Reads and checks what a group operation asks for. Everything here is a 400 and is found before any state is looked at. */
import { invalid } from "../errors.ts";
import { EntrySet } from "./entry-set.ts";
import { keyText } from "./entry.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import { EntryReader, checkRange, readExternal } from "./input.ts";
import type { NatEntryInput } from "./input.ts";
import { areInOrder } from "./order.ts";
import { SLICE } from "./slices.ts";

const GROUP_NAME = /^[a-zA-Z0-9_.:-]{1,80}$/;

export function checkGroupName(name: string): void {
  if (!GROUP_NAME.test(name)) {
    throw invalid(`bad NAT group name ${JSON.stringify(name)}: 1 to 80 characters of a-z, A-Z, 0-9, _, ., : and -`);
  }
}

export function checkGeneration(field: string, generation: number): void {
  if (!Number.isSafeInteger(generation) || generation < 1) {
    throw invalid(`${field}: ${generation} is not an integer 1..${Number.MAX_SAFE_INTEGER}`);
  }
}

/**
 * Entries of the request with those of one address next to each other, by low port; refuses any that overlap, equal ones
 * included. Entries sent in order are so already, and no index of them is made.
 */
export function* readGrouped(field: string, inputs: readonly NatEntryInput[]): Generator<void, readonly NatEntry[]> {
  const entries = yield* readAll(field, inputs);
  if (yield* areInOrder(entries)) return entries;
  const { addresses } = yield* setOf(field, entries);
  return [...addresses.values()].flat();
}

/** Entries of the request by address; refuses any that overlap, equal ones included. */
export function* readEntrySet(field: string, inputs: readonly NatEntryInput[]): Generator<void, EntrySet> {
  return yield* setOf(field, yield* readAll(field, inputs));
}

function* readAll(field: string, inputs: readonly NatEntryInput[]): Generator<void, NatEntry[]> {
  const entries: NatEntry[] = [];
  const reader = new EntryReader();
  const where = () => `${field}[${entries.length}]`;
  for (const input of inputs) {
    if (entries.push(reader.read(input, where)) % SLICE === 0) yield;
  }
  return entries;
}

function* setOf(field: string, entries: readonly NatEntry[]): Generator<void, EntrySet> {
  const set = new EntrySet();
  let at = 0;
  for (const entry of entries) {
    const inTheWay = set.add(entry);
    if (inTheWay !== undefined) {
      throw invalid(`${field}[${at}]: ${keyText(entry)} overlaps ${keyText(inTheWay)} of the same request`);
    }
    if (++at % SLICE === 0) yield;
  }
  return set;
}

/** Keys to remove, in canonical text; refuses one that is to be put as well. Naming a key twice means the same as once. */
export function readRemovals(inputs: readonly NatKey[], upsert: EntrySet): NatKey[] {
  return inputs.map(({ external, low, high }, at) => {
    const where = () => `remove[${at}]`;
    checkRange(low, high, where);
    const key = { external: readExternal(external, () => `${where()}.external`), low, high };
    if (upsert.find(key) !== undefined) throw invalid(`${where()}: ${keyText(key)} is both put and removed`);
    return key;
  });
}
