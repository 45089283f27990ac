/** Addresses of the switch: the entries each has, and lists of them. */
import { compareIp } from "@racklet/net";
import type { Family, SwitchAddressRow } from "../table/port.ts";
import { partitionPoint } from "../table/search.ts";
import type { AddressEntry, PlumbedAddress } from "./types.ts";

const WHOLE_PORT = 0x1ff;

export const familyOf = (addr: string): Family => (addr.includes(":") ? "ipv6" : "ipv4");

/** Claimed on the link's port, dropped on every other. */
export function linkAddress({ addr, tag }: AddressEntry, asicId: number): PlumbedAddress {
  const family = familyOf(addr);
  const rows: SwitchAddressRow[] = [
    { addr, port: asicId, mask: WHOLE_PORT, claim: true },
    // The value means nothing under this mask; upstream shows the port for IPv4 and 0 for IPv6.
    { addr, port: family === "ipv4" ? asicId : 0, mask: 0, claim: false },
  ];
  return { addr, tag, family, rows };
}

/** Claimed on every port. */
export function loopbackAddress({ addr, tag }: AddressEntry): PlumbedAddress {
  return { addr, tag, family: familyOf(addr), rows: [{ addr, port: 0, mask: 0, claim: true }] };
}

export function withAddress<T extends AddressEntry>(list: readonly T[], entry: T): T[] {
  return list.toSpliced(
    partitionPoint(list, (other) => compareIp(other.addr, entry.addr) < 0),
    0,
    entry,
  );
}

/**
 * Which address belongs to whom: an address has one place on the switch, because its entries look at the whole address.
 * Changed in the same step as the soft state it mirrors.
 */
export class AddressOwners {
  readonly #owners = new Map<string, string>();

  /** For people: `qsfp0/0` or `the loopbacks`. */
  find(addr: string): string | undefined {
    return this.#owners.get(addr);
  }

  set(addr: string, owner: string): void {
    this.#owners.set(addr, owner);
  }

  delete(addr: string): void {
    this.#owners.delete(addr);
  }

  clear(): void {
    this.#owners.clear();
  }
}
