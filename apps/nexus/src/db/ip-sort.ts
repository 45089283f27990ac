/**
 * Addresses as the `*_sort` columns hold them: the version digit, then the address in hexadecimal of fixed width. Text order
 * is address order, IPv4 before IPv6, so ranges are compared by the database.
 */
import { ipFromBigint, ipToBigint, ipVersion } from "@racklet/net";

export function ipSort(ip: string): string {
  return ipVersion(ip) === 4 ? sortKey(4, ipToBigint(ip)) : sortKey(6, ipToBigint(ip));
}

export function sortKey(version: 4 | 6, address: bigint): string {
  return `${version}${address.toString(16).padStart(version === 4 ? 8 : 32, "0")}`;
}

/** The address of a key: its number and its canonical text. */
export function fromSortKey(key: string): { readonly version: 4 | 6; readonly address: bigint; readonly ip: string } {
  const version = key.startsWith("4") ? 4 : 6;
  const address = BigInt(`0x${key.slice(1)}`);
  return { version, address, ip: ipFromBigint(version, address) };
}
