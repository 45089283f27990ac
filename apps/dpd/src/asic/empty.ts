/** Brings an ASIC into the state that dpd starts from. */
import type { AnyTable } from "../table/types.ts";
import type { AsicBackend } from "./backend.ts";

/** Asks only for what is not empty yet. Throws the ASIC's error. */
export function emptyAsic(asic: AsicBackend, tables: readonly AnyTable[]): void {
  for (const declaration of tables) {
    const table = asic.table(declaration);
    if (table.usage().occupancy > 0) table.clear();
  }
  if (asic.groups.list().length > 0) asic.groups.clear();
  if (asic.ports.list().length > 0) asic.ports.clear();
}
