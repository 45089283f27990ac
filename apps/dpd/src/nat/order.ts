/** Numeric order of addresses and entries: IPv4 before IPv6, then the address, then the low port. */
import { compareIp, ipToBigint, parseIpv4 } from "@racklet/net";
import { partitionPoint } from "../table/search.ts";
import type { NatEntry } from "./entry.ts";
import { COMPARE_SLICE, drain } from "./slices.ts";

/** Sorts by a key computed once per element: parsing text in a comparator would cost n log n parses. */
function sortByKey<T, K extends number | string>(items: readonly T[], keyOf: (item: T) => K): T[] {
  const keys = items.map(keyOf);
  if (keys.every((key, at) => at === 0 || key >= (keys[at - 1] ?? key))) return [...items];
  const keyed = items.map((item, at) => ({ item, key: keys[at] ?? keyOf(item) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ item }) => item);
}

const ipv4Number = (text: string): number => parseIpv4(text) ?? -1;
/** 32 hexadecimal digits order as the number does. */
const ipv6Digits = (text: string): string => ipToBigint(text).toString(16).padStart(32, "0");

/** A sorted copy of canonical addresses of one family. */
export function sortedAddresses(addresses: readonly string[]): string[] {
  const first = addresses[0];
  if (first === undefined) return [];
  return first.includes(":") ? sortByKey(addresses, ipv6Digits) : sortByKey(addresses, ipv4Number);
}

function compareAddress(a: NatEntry, b: NatEntry): number {
  const bothIpv4 = a.family === "ipv4" && b.family === "ipv4";
  return bothIpv4 ? a.order - b.order : compareIp(a.external, b.external);
}

/** True when each entry comes after the one before without overlapping it, so that none is there twice. */
export function* areInOrder(entries: readonly NatEntry[]): Generator<void, boolean> {
  let previous: NatEntry | undefined;
  let done = 0;
  for (const entry of entries) {
    if (previous !== undefined) {
      const difference = compareAddress(previous, entry);
      if (difference > 0 || (difference === 0 && previous.high >= entry.low)) return false;
    }
    previous = entry;
    if (++done % COMPARE_SLICE === 0) yield;
  }
  return true;
}

/** Entries of tables, which do not overlap. */
export function sortedEntries(entries: readonly NatEntry[]): readonly NatEntry[] {
  // Clients mostly send what is in order already.
  if (entries.length < 2 || drain(areInOrder(entries))) return entries;
  // An address and a port together are 48 bits, exact in a number.
  const ipv4 = sortByKey(
    entries.filter((entry) => entry.family === "ipv4"),
    (entry) => entry.order * 65_536 + entry.low,
  );
  const ipv6 = sortByKey(
    entries.filter((entry) => entry.family === "ipv6"),
    (entry) => ipv6Digits(entry.external) + entry.low.toString(16).padStart(4, "0"),
  );
  return ipv4.concat(ipv6);
}

/** More changes than this between two reads make sorting anew cheaper than keeping up. */
const PENDING_LIMIT = 256;

/**
 * The addresses of a family in order, sorted when first asked for and kept up with small changes after that, so that
 * neither a bulk change nor a page of a list pays for the other.
 */
export class AddressOrder {
  readonly #source: () => Iterable<string>;
  #sorted: string[] | undefined;
  #pending: string[] = [];
  readonly #has: (address: string) => boolean;

  constructor(addresses: ReadonlyMap<string, unknown>) {
    this.#source = () => addresses.keys();
    this.#has = (address) => addresses.has(address);
  }

  /** The address came or went. */
  note(address: string): void {
    if (this.#sorted === undefined) return;
    if (this.#pending.length < PENDING_LIMIT) this.#pending.push(address);
    else this.forget();
  }

  forget(): void {
    this.#sorted = undefined;
    this.#pending = [];
  }

  sorted(): readonly string[] {
    const sorted = (this.#sorted ??= sortedAddresses([...this.#source()]));
    for (const address of this.#pending) {
      const at = partitionPoint(sorted, (other) => compareIp(other, address) < 0);
      const listed = sorted[at] === address;
      if (listed && !this.#has(address)) sorted.splice(at, 1);
      else if (!listed && this.#has(address)) sorted.splice(at, 0, address);
    }
    this.#pending = [];
    return sorted;
  }

  /** Position of the first address after `address`, which need not be in the list; 0 without one. */
  positionAfter(address: string | undefined): number {
    if (address === undefined) return 0;
    return partitionPoint(this.sorted(), (other) => compareIp(other, address) <= 0);
  }
}
