/**
 * The steps from what the ASIC holds to a footprint. What comes is made before what goes is removed, so that traffic that
 * both forms of a group allow never stops; only a table that has no room for both gives up the old rows first. The ASIC is
 * read, not remembered: rows that vanished from it are written again.
 */
import type { AsicBackend, Pause, PlanStep } from "../asic/index.ts";
import type { AnyTable } from "../table/types.ts";
import type { Footprint, WantedRow } from "./footprint.ts";

/** Rows and groups looked at between two pauses. */
const SLICE = 1024;

/** `before` names what may have to go, `after` what is to be there. */
export async function planChange(
  asic: AsicBackend,
  before: Footprint,
  after: Footprint,
  pause: Pause,
): Promise<PlanStep[]> {
  let seen = 0;
  const puts: { readonly table: AnyTable; readonly isNew: boolean; readonly step: PlanStep }[] = [];
  const drops: { readonly table: AnyTable; readonly step: PlanStep }[] = [];
  for (const row of after.rows.values()) {
    if (++seen % SLICE === 0) await pause();
    const put = row.put(asic);
    if (put !== undefined) puts.push({ table: row.table, isNew: put.kind === "insert", step: put.step });
  }
  for (const row of leaving(before, after)) {
    if (++seen % SLICE === 0) await pause();
    const step = row.drop(asic);
    if (step !== undefined) drops.push({ table: row.table, step });
  }
  const made: PlanStep[] = [];
  const broken: PlanStep[] = [];
  for (const id of new Set([...after.groups.keys(), ...before.groups.keys()])) {
    if (++seen % SLICE === 0) await pause();
    planGroup(asic, id, after, made, broken);
  }
  const crowded = crowdedTables(
    asic,
    puts.filter(({ isNew }) => isNew).map(({ table }) => table),
  );
  return [
    ...made,
    ...drops.filter(({ table }) => crowded.has(table)).map(({ step }) => step),
    ...puts.map(({ step }) => step),
    ...drops.filter(({ table }) => !crowded.has(table)).map(({ step }) => step),
    ...broken,
  ];
}

function leaving(before: Footprint, after: Footprint): WantedRow[] {
  return [...before.rows.values()].filter(({ key }) => !after.rows.has(key));
}

/** Tables that cannot take all new rows beside those they have. */
function crowdedTables(asic: AsicBackend, inserts: readonly AnyTable[]): Set<AnyTable> {
  const counts = new Map<AnyTable, number>();
  for (const table of inserts) counts.set(table, (counts.get(table) ?? 0) + 1);
  const crowded = new Set<AnyTable>();
  for (const [table, count] of counts) {
    const { size, occupancy } = asic.table(table).usage();
    if (occupancy + count > size) crowded.add(table);
  }
  return crowded;
}

function planGroup(asic: AsicBackend, group: number, after: Footprint, made: PlanStep[], broken: PlanStep[]): void {
  const wanted = after.groups.get(group);
  const held = asic.groups.find(group);
  if (wanted === undefined) {
    if (held === undefined) return;
    for (const member of held) broken.push({ kind: "removeGroupPort", group, member });
    broken.push({ kind: "destroyGroup", group });
    return;
  }
  if (held === undefined) made.push({ kind: "createGroup", group });
  const ports = new Set(held?.map(({ port }) => port));
  for (const member of wanted.values()) if (!ports.has(member.port)) made.push({ kind: "addGroupPort", group, member });
  for (const member of held ?? []) {
    if (!wanted.has(member.port)) broken.push({ kind: "removeGroupPort", group, member });
  }
}
