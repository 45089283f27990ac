/** Keeps what each target was last brought to. A row is written only when it would say something else. */
import type { NexusContext } from "../../context.ts";
import { nowText } from "../../db/now.ts";
import type { TargetRow } from "./rows.ts";
import type { TargetReport } from "./target.ts";

/** `known`: the target's row as it was read. A failure that goes on keeps the time at which it began. */
export async function acknowledge(
  nexus: NexusContext,
  report: TargetReport,
  known: TargetRow | undefined,
): Promise<void> {
  const { target, outcome, isComplete, errors, snapshot } = report;
  const error = isComplete ? null : `${outcome}: ${errors[0] ?? "some VMMs are not known to the sled-agent yet"}`;
  const settled = isComplete ? (snapshot?.intent.settledGeneration ?? 0) : 0;
  const advances = settled > (known?.acknowledged ?? 0);
  if (known !== undefined && !advances && known.lastError === error) return;
  const now = nowText(nexus);
  if (known === undefined) {
    await nexus.store.db
      .insertInto("multicast_target")
      .values({
        target,
        acknowledged_generation: settled,
        time_acknowledged: settled > 0 || error === null ? now : null,
        time_attempted: now,
        last_error: error,
      })
      .onConflict((conflict) => conflict.column("target").doNothing())
      .execute();
    return;
  }
  const failsOn = known.lastError !== null && error !== null;
  if (known.lastError !== error) {
    await nexus.store.db
      .updateTable("multicast_target")
      .set({ last_error: error, ...(failsOn ? {} : { time_attempted: now }) })
      .where("target", "=", target)
      .execute();
  }
  if (!advances) return;
  await nexus.store.db
    .updateTable("multicast_target")
    .set({ acknowledged_generation: settled, time_acknowledged: now })
    .where("target", "=", target)
    .where("acknowledged_generation", "<", settled)
    .execute();
}

/** Forgets targets that are in service no more. */
export async function forgetTargets(nexus: NexusContext, targets: readonly string[]): Promise<void> {
  if (targets.length === 0) return;
  await nexus.store.db.deleteFrom("multicast_target").where("target", "in", targets).execute();
}
