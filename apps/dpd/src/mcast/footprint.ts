/**
 * What a group puts into the ASIC: its table rows and, for an underlay group, two ASIC groups with their ports. A change is
 * the difference between footprints, so that nothing a group has put there can be forgotten.
 */
import type { GroupMember, PlanStep } from "../asic/index.ts";
import { deleteRows, insertRows, updateRow } from "../asic/index.ts";
import type { AsicBackend } from "../asic/index.ts";
import { MCAST_TABLES } from "../table/mcast.ts";
import type { PortBitmap } from "../table/mcast.ts";
import { keyText, valueText } from "../table/text.ts";
import type { AnyTable, TableDecl } from "../table/types.ts";
import type { Direction, ExternalGroup, Member, UnderlayGroup } from "./group.ts";

/** One row that an ASIC is to hold, with what can be done about its key. */
export interface WantedRow {
  readonly table: AnyTable;
  /** Unique among the rows of all tables. */
  readonly key: string;
  /** The step that makes the ASIC hold this row. Undefined: it does. */
  put(asic: AsicBackend): { readonly kind: "insert" | "update"; readonly step: PlanStep } | undefined;
  /** The step that makes the ASIC hold no row of this key. Undefined: it holds none. */
  drop(asic: AsicBackend): PlanStep | undefined;
}

export class Footprint {
  readonly rows = new Map<string, WantedRow>();
  /** Per ASIC group its members by port. */
  readonly groups = new Map<number, ReadonlyMap<number, GroupMember>>();

  row<R>(table: TableDecl<R>, row: R): void {
    const wanted = wantedRow(table, row);
    this.rows.set(wanted.key, wanted);
  }
}

/** `vlan` is that of the external groups that lead here. */
export function addUnderlay(to: Footprint, { ip, ids, members }: UnderlayGroup, vlan: number | null): void {
  for (const [id, direction] of [
    [ids.external, "external"],
    [ids.underlay, "underlay"],
  ] as const) {
    to.groups.set(id, portsOf(members, direction, ids.external));
  }
  if (members.length > 0) {
    to.row(MCAST_TABLES.replication, { group: ip, externalId: ids.external, underlayId: ids.underlay });
  }
  // An underlay route never has a VLAN: the tag is pushed onto what the bitmap decapsulates.
  to.row(MCAST_TABLES.route.ipv6, { group: ip, vlan: null });
  if (members.length > 0) {
    to.row(MCAST_TABLES.decapPorts, { externalId: ids.external, ports: bitmapOf(members), vlan });
  }
}

export function addExternal(to: Footprint, { ip, target, vlan, sources }: ExternalGroup): void {
  const family = ip.includes(":") ? "ipv6" : "ipv4";
  const bits = family === "ipv4" ? 32 : 128;
  const filters =
    sources === null
      ? [{ source: family === "ipv4" ? "0.0.0.0" : "::", length: 0 }]
      : sources.map((source) => ({ source, length: bits }));
  for (const filter of filters) to.row(MCAST_TABLES.sourceFilter[family], { group: ip, ...filter });
  to.row(MCAST_TABLES.nat[family], { group: ip, vlan, ...target });
  to.row(MCAST_TABLES.route[family], { group: ip, vlan });
}

function portsOf(members: readonly Member[], direction: Direction, rid: number): Map<number, GroupMember> {
  const ports = new Map<number, GroupMember>();
  for (const member of members) {
    if (member.direction !== direction) continue;
    const port = member.place.asicPort;
    ports.set(port, { port, rid, level1ExclusionId: 0 });
  }
  return ports;
}

function bitmapOf(members: readonly Member[]): PortBitmap {
  const words: [number, number, number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const { direction, place } of members) {
    if (direction !== "external") continue;
    const word = place.bit >>> 5;
    // A bit is 0..255, so its word is one of the eight; `>>> 0` keeps the top bit from being a sign.
    words[word] = ((words[word] as number) | (1 << (place.bit & 31))) >>> 0;
  }
  return words;
}

function wantedRow<R>(table: TableDecl<R>, row: R): WantedRow {
  return {
    table,
    key: `${table.name} ${table.keys.map((key) => keyText(key, row)).join(" ")}`,
    put(asic) {
      const held = asic.table(table).find(row);
      if (held === undefined) return { kind: "insert", step: insertRows(table, row) };
      return sameAction(table, held, row) ? undefined : { kind: "update", step: updateRow(table, held, row) };
    },
    drop(asic) {
      const held = asic.table(table).find(row);
      return held === undefined ? undefined : deleteRows(table, held);
    },
  };
}

function sameAction<R>(table: TableDecl<R>, a: R, b: R): boolean {
  const action = table.actionOf(a);
  if (action.name !== table.actionOf(b).name) return false;
  return action.params.every(({ type, value }) => valueText(type, value(a)) === valueText(type, value(b)));
}
