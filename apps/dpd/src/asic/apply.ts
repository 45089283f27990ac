/**
 * Executes a plan and undoes it when a step fails. The plan with the position reached is the journal: what was done is
 * everything before the position, in order. Undo goes backwards and restores each key, group and port to what the plan
 * says was there, reading first, so it also repairs an operation that took effect and then reported a failure.
 */
import { rollbackFailed } from "../errors.ts";
import type { TableDecl } from "../table/types.ts";
import type { AsicBackend, AsicTable } from "./backend.ts";
import { performDevice, restoreDevice } from "./device.ts";
import type { DeviceStep } from "./device.ts";

export type TableStep<R> =
  | { readonly kind: "delete"; readonly table: TableDecl<R>; readonly rows: readonly R[] }
  | { readonly kind: "insert"; readonly table: TableDecl<R>; readonly rows: readonly R[] }
  /** `priors[i]` is the entry that `rows[i]`, of the same key, takes the place of. */
  | {
      readonly kind: "update";
      readonly table: TableDecl<R>;
      readonly rows: readonly R[];
      readonly priors: readonly R[];
    };

/** A key that an undo could not restore. */
export interface Unresolved<R> {
  readonly table: TableDecl<R>;
  /** Any row with the key. */
  readonly row: R;
  /** What was there before the change. */
  readonly prior: R | undefined;
}

/** One step of a plan, over whichever table; made by `insertRows`, `updateRows`, `deleteRows`, or a DeviceStep. */
export type PlanStep = TableStep<unknown> | DeviceStep;

/** Called between slices of a long change; throws when the ASIC it runs on is gone, and then nothing is undone. */
export type Pause = () => Promise<void>;

export class ApplyFailure<R> extends Error {
  override readonly name = "ApplyFailure";
  /** What the caller of the API is told. */
  readonly error: unknown;
  /** Keys that were not restored. Empty, as `stranded`, when everything was undone. */
  readonly unresolved: readonly Unresolved<R>[];
  /** Group and port steps whose effect is still there, or unknown. */
  readonly stranded: readonly DeviceStep[];

  constructor(cause: unknown, { unresolved, stranded }: Leftovers<R>) {
    super("a change of the ASIC failed", { cause });
    this.error = unresolved.length + stranded.length === 0 ? cause : rollbackFailed(cause);
    this.unresolved = unresolved;
    this.stranded = stranded;
  }
}

/** What an undo could not restore. */
export interface Leftovers<R> {
  readonly unresolved: readonly Unresolved<R>[];
  readonly stranded: readonly DeviceStep[];
}

/** Operations between two pauses: about a millisecond on the model. */
const SLICE = 2048;

/** All steps take effect, or ApplyFailure is thrown. */
export async function applySteps<R>(
  asic: AsicBackend,
  steps: readonly (TableStep<R> | DeviceStep)[],
  pause: Pause,
): Promise<void> {
  let done = 0;
  for (const [position, step] of steps.entries()) {
    const operation = operationOf(asic, step);
    const count = "table" in step ? step.rows.length : 1;
    for (let at = 0; at < count; at++) {
      if (++done % SLICE === 0) await pause();
      try {
        operation(at);
      } catch (cause) {
        throw new ApplyFailure(cause, await undo(asic, steps, position, at, pause));
      }
    }
  }
}

/** Performs the operation of a step with that position. */
function operationOf<R>(asic: AsicBackend, step: TableStep<R> | DeviceStep): (at: number) => void {
  if (!("table" in step)) return () => performDevice(asic, step);
  const table = asic.table(step.table);
  return (at) => perform(table, step, at);
}

function perform<R>(table: AsicTable<R>, step: TableStep<R>, at: number): void {
  // `at` counts over step.rows, which has no holes.
  const row = step.rows[at] as R;
  if (step.kind === "insert") table.insert(row);
  else if (step.kind === "delete") table.delete(row);
  else table.update(row);
}

/** Restores everything up to and including the failed operation; goes on past failures and answers what remains. */
async function undo<R>(
  asic: AsicBackend,
  steps: readonly (TableStep<R> | DeviceStep)[],
  lastStep: number,
  lastRow: number,
  pause: Pause,
): Promise<Leftovers<R>> {
  const unresolved: Unresolved<R>[] = [];
  const stranded: DeviceStep[] = [];
  let done = 0;
  for (let position = lastStep; position >= 0; position--) {
    const step = steps[position];
    if (step === undefined) continue;
    if (!("table" in step)) {
      if (!deviceRestored(asic, step)) stranded.push(step);
      continue;
    }
    const table = asic.table(step.table);
    for (let at = position === lastStep ? lastRow : step.rows.length - 1; at >= 0; at--) {
      if (++done % SLICE === 0) await pause();
      const row = step.rows[at] as R;
      const prior = priorOf(step, at);
      if (!restored(table, row, prior)) unresolved.push({ table: step.table, row, prior });
    }
  }
  return { unresolved, stranded };
}

/** Tries again what an undo left behind, in its order; answers what still remains. */
export function retryUndo(asic: AsicBackend, { unresolved, stranded }: Leftovers<unknown>): Leftovers<unknown> {
  return {
    unresolved: unresolved.filter(({ table, row, prior }) => !restored(asic.table(table), row, prior)),
    stranded: stranded.filter((step) => !deviceRestored(asic, step)),
  };
}

/** A second look, because a fault may strike after the fact: restoring what is right already does nothing. */
function deviceRestored(asic: AsicBackend, step: DeviceStep): boolean {
  for (const last of [false, true]) {
    try {
      restoreDevice(asic, step);
      return true;
    } catch {
      if (last) return false;
    }
  }
  return false;
}

function priorOf<R>(step: TableStep<R>, at: number): R | undefined {
  if (step.kind === "update") return step.priors[at];
  return step.kind === "delete" ? step.rows[at] : undefined;
}

function restored<R>(table: AsicTable<R>, row: R, prior: R | undefined): boolean {
  try {
    const current = table.find(row);
    if (current === prior) return true;
    if (prior === undefined) table.delete(row);
    else if (current === undefined) table.insert(prior);
    else table.update(prior);
    return true;
  } catch {
    // A fault may strike after the fact; what counts is what the table holds now.
    try {
      return table.find(row) === prior;
    } catch {
      return false;
    }
  }
}
