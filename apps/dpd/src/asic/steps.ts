/**
 * Makes steps of plans that span tables. A step forgets the type of its rows, which is safe because they only ever go to
 * the table they were made for; and it can be printed.
 */
import { tableFull } from "../errors.ts";
import { keyText } from "../table/text.ts";
import type { TableDecl } from "../table/types.ts";
import type { PlanStep, TableStep } from "./apply.ts";
import type { AsicBackend } from "./backend.ts";

export function insertRows<R>(table: TableDecl<R>, ...rows: readonly R[]): PlanStep {
  return erase({ kind: "insert", table, rows });
}

export function deleteRows<R>(table: TableDecl<R>, ...rows: readonly R[]): PlanStep {
  return erase({ kind: "delete", table, rows });
}

/** For many rows, which an argument list has no room for. */
export function deleteAllRows<R>(table: TableDecl<R>, rows: readonly R[]): PlanStep {
  return erase({ kind: "delete", table, rows });
}

/** `prior` is the row that the table holds now; `row` has the same key. */
export function updateRow<R>(table: TableDecl<R>, prior: R, row: R): PlanStep {
  return erase({ kind: "update", table, rows: [row], priors: [prior] });
}

/** Throws `tableFull` when a table could not take what the steps insert, after what they delete. */
export function checkCapacity(asic: AsicBackend, steps: readonly PlanStep[]): void {
  const changes = new Map<TableDecl<unknown>, { added: number; removed: number }>();
  for (const step of steps) {
    if (!("table" in step)) continue;
    let change = changes.get(step.table);
    if (change === undefined) changes.set(step.table, (change = { added: 0, removed: 0 }));
    if (step.kind === "insert") change.added += step.rows.length;
    if (step.kind === "delete") change.removed += step.rows.length;
  }
  for (const [table, { added, removed }] of changes) {
    if (added === 0) continue;
    const { size, occupancy } = asic.table(table).usage();
    if (occupancy - removed + added <= size) continue;
    const detail = `${occupancy} of ${size} entries are used, ${removed} would go and ${added} come`;
    throw tableFull(table.name, detail);
  }
}

export function describeKey<R>(table: TableDecl<R>, row: R): string {
  return table.keys.map((key) => keyText(key, row)).join(" ");
}

function erase<R>(step: TableStep<R>): PlanStep {
  // The rows stay with their table, whatever the type says.
  return step as unknown as TableStep<unknown>;
}
