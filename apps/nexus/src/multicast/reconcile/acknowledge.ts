/** Keeps what each target was last brought to. A row is written only when it would say something else. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../../context.ts";
import { nowText } from "../../db/now.ts";
import type { NexusTables } from "../../db/schema.ts";
import type { TargetName, TargetRow } from "./rows.ts";
import type { TargetReport } from "./target.ts";

interface Progress {
  readonly target: TargetName;
  /** Undefined when the row is still to be made. */
  readonly known: TargetRow | undefined;
  /** The newest generation that it holds completely; 0 when it does not. */
  readonly settled: number;
  /** `{outcome}: {why}`; null when nothing is wrong. */
  readonly error: string | null;
}

/** `rows`: the targets as they were read. Forgets those that are named in `gone`. */
export async function acknowledge(
  nexus: NexusContext,
  reports: readonly TargetReport[],
  rows: readonly TargetRow[],
  gone: readonly TargetName[],
): Promise<void> {
  const known = new Map(rows.map((row) => [row.target, row]));
  const news = reports.map((report) => progressOf(report, known.get(report.target))).filter(isNews);
  if (news.length + gone.length === 0) return;
  const now = nowText(nexus);
  await nexus.store.transaction(async (tx) => {
    for (const progress of news) await write(tx, progress, now);
    if (gone.length > 0) await tx.deleteFrom("multicast_target").where("target", "in", gone).execute();
  });
}

function progressOf(
  { target, outcome, isComplete, errors, snapshot }: TargetReport,
  known: TargetRow | undefined,
): Progress {
  const why = errors[0] ?? "some VMMs are not known to the sled-agent yet";
  return {
    target,
    known,
    settled: isComplete ? (snapshot?.intent.settledGeneration ?? 0) : 0,
    error: isComplete ? null : `${outcome}: ${why}`,
  };
}

const isNews = ({ known, settled, error }: Progress): boolean =>
  known === undefined || settled > known.acknowledged || known.lastError !== error;

async function write(
  tx: Transaction<NexusTables>,
  { target, known, settled, error }: Progress,
  now: string,
): Promise<void> {
  if (known === undefined) {
    await tx
      .insertInto("multicast_target")
      .values({
        target,
        acknowledged_generation: settled,
        time_acknowledged: error === null ? now : null,
        time_attempted: now,
        last_error: error,
      })
      .onConflict((conflict) => conflict.column("target").doNothing())
      .execute();
    return;
  }
  if (known.lastError !== error) {
    // A failure that goes on keeps the time at which it began.
    const goesOn = known.lastError !== null && error !== null;
    await tx
      .updateTable("multicast_target")
      .set({ last_error: error, ...(goesOn ? {} : { time_attempted: now }) })
      .where("target", "=", target)
      .execute();
  }
  if (settled <= known.acknowledged) return;
  // Another Nexus may have seen it further.
  await tx
    .updateTable("multicast_target")
    .set({ acknowledged_generation: settled, time_acknowledged: now })
    .where("target", "=", target)
    .where("acknowledged_generation", "<", settled)
    .execute();
}
