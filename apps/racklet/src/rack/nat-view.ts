/** The NAT entries of the switches side by side. Pure. */
import type { Schemas } from "@racklet/dpd-client";

export type NatEntry = Schemas["NatGroupEntry"];

/** What one switch holds. */
export interface SwitchEntries {
  readonly switch: string;
  readonly entries: readonly OwnedEntry[];
}

export interface OwnedEntry {
  readonly entry: NatEntry;
  /** The NAT group it belongs to; null: none. */
  readonly group: string | null;
}

export interface NatRow extends OwnedEntry {
  /** Where it is, exactly so. */
  readonly switches: readonly string[];
  /** Not on every switch that was asked: traffic arrives by any of them. */
  readonly partial: boolean;
}

/** One row for each entry, target and owner: IPv4 first, then by address, then by port. */
export function compareSwitches(all: readonly SwitchEntries[]): NatRow[] {
  const rows = new Map<string, OwnedEntry & { switches: string[] }>();
  for (const { switch: name, entries } of all) {
    for (const owned of entries) {
      const key = JSON.stringify([
        owned.group,
        owned.entry.external,
        owned.entry.low,
        owned.entry.high,
        targetText(owned.entry),
      ]);
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { ...owned, switches: [name] });
      else row.switches.push(name);
    }
  }
  return [...rows.values()]
    .map((row) => ({ ...row, partial: row.switches.length < all.length, sortKey: sortKey(row.entry) }))
    .sort((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0))
    .map(({ sortKey: _, ...row }) => row);
}

export function macText(mac: Schemas["MacAddr"]): string {
  return mac.a.map((octet) => octet.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

function targetText({ target }: NatEntry): string {
  return `${target.internal_ip} ${macText(target.inner_mac)} ${target.vni}`;
}

/** Texts in the order of what they stand for. */
function sortKey({ external, low }: NatEntry): string {
  return `${external.includes(":") ? 6 : 4}.${addressDigits(external)}.${String(low).padStart(5, "0")}`;
}

/** An address as hexadecimal digits of one length. */
function addressDigits(address: string): string {
  const hex = (number: number, width: number) => number.toString(16).padStart(width, "0");
  if (!address.includes(":"))
    return address
      .split(".")
      .map((part) => hex(Number(part), 2))
      .join("");
  // The URL parser writes the last 32 bits as hexadecimal too, whatever form they had.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].map((group) => hex(parseInt(group, 16), 4)).join("");
}
