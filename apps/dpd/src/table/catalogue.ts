/** Every table dpd programs, in the order it lists them. */
import { DpdError } from "../errors.ts";
import { NAT_TABLES } from "./nat.ts";
import type { AnyTable } from "./types.ts";

export const TABLES: readonly AnyTable[] = [NAT_TABLES.ipv4, NAT_TABLES.ipv6];

const byName = new Map(TABLES.map((table) => [table.name.toLowerCase(), table]));

export function listTableNames(): string[] {
  return TABLES.map((table) => table.name);
}

/** The table of that name in any case; throws `missing`. */
export function getTable(name: string): AnyTable {
  const table = byName.get(name.toLowerCase());
  if (table === undefined) throw new DpdError("missing", `no such table: ${name}`);
  return table;
}
