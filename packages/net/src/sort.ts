/** Sorting by address with each address parsed once, where a comparator would parse two for every comparison. */
import { ipToBigint, ipVersion } from "./ip.ts";

/** A sorted copy, in the order of `compareIp`; items of equal address keep their order. */
export function sortedByIp<T>(items: Iterable<T>, ipOf: (item: T) => string): T[] {
  const keyed = Array.from(items, (item) => ({ item, key: sortKey(ipOf(item)) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ item }) => item);
}

const ABOVE_IPV4 = 1n << 128n;

const sortKey = (ip: string): bigint => (ipVersion(ip) === 4 ? ipToBigint(ip) : ipToBigint(ip) | ABOVE_IPV4);
