/** Waits until what was decided is applied, by what the targets have acknowledged: whichever Nexus brought them there. */
import type { NexusContext } from "../../context.ts";
import { invalidRequest, NexusError } from "../../errors.ts";
import { SWITCH_SLOTS } from "../../peers/switches.ts";
import { isAwaited } from "./compile.ts";
import { readProgress, readRows, type MulticastRows, type TargetName } from "./rows.ts";
import { sledTargetName } from "./target.ts";

const POLL_MS = 20;
export const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 60_000;

export interface Applied {
  readonly generation: number;
  readonly applied: readonly TargetName[];
  readonly exempt: readonly { readonly target: TargetName; readonly reason: string }[];
}

/** Throws a gateway time-out that names those that lag. */
export async function waitApplied(nexus: NexusContext, asked: number | undefined, timeoutMs: number): Promise<Applied> {
  if (timeoutMs > MAX_TIMEOUT_MS) throw invalidRequest(`timeout_ms: ${timeoutMs} is more than ${MAX_TIMEOUT_MS}`);
  const { clock, timers } = nexus.world;
  const deadline = clock.monotonicMs() + timeoutMs;
  const first = await readProgress(nexus);
  const generation = asked ?? first.generation;
  if (generation > first.generation)
    throw invalidRequest(`generation: ${generation} is not reached; the newest is ${first.generation}`);
  nexus.multicastChanged();
  for (let rows = first; ; rows = await readProgress(nexus)) {
    const { applied, exempt, lagging } = progress(rows, generation);
    if (lagging.length === 0) return { generation, applied, exempt };
    if (clock.monotonicMs() >= deadline) {
      const pending = pendingGroups(await readRows(nexus));
      throw new NexusError(
        "gateway-timeout",
        `generation ${generation} is not applied everywhere after ${timeoutMs} ms: ${[...lagging, ...pending].join("; ")}`,
      );
    }
    await timers.sleep(Math.min(POLL_MS, Math.max(1, deadline - clock.monotonicMs())));
  }
}

function progress(
  rows: Pick<MulticastRows, "sleds" | "targets">,
  generation: number,
): { applied: TargetName[]; exempt: Applied["exempt"][number][]; lagging: string[] } {
  const names = [
    ...SWITCH_SLOTS.map((slot) => `switch${slot}`),
    ...rows.sleds.filter(({ inService }) => inService).map(({ id }) => sledTargetName(id)),
  ];
  const known = new Map(rows.targets.map((row) => [row.target, row]));
  const applied: TargetName[] = [];
  const exempt: Applied["exempt"][number][] = [];
  const lagging: string[] = [];
  for (const target of names) {
    const row = known.get(target);
    if (row === undefined) lagging.push(`${target} has not been tried yet`);
    else if (row.lastError === null && row.acknowledged >= generation) applied.push(target);
    else if (/^(unreachable|unsupported): /.test(row.lastError ?? ""))
      exempt.push({ target, reason: row.lastError ?? "" });
    else
      lagging.push(
        `${target} has acknowledged ${row.acknowledged}${row.lastError === null ? "" : ` (${row.lastError})`}`,
      );
  }
  // Without any switch nothing is applied at all.
  if (!applied.some((target) => target.startsWith("switch")) && lagging.length === 0) {
    lagging.push(
      ...exempt.filter(({ target }) => target.startsWith("switch")).map(({ target, reason }) => `${target}: ${reason}`),
    );
  }
  return { applied, exempt, lagging };
}

function pendingGroups({ groups, members }: MulticastRows): string[] {
  return groups
    .filter((group) =>
      isAwaited(
        group,
        members.filter((member) => !member.deleted && member.groupId === group.id),
      ),
    )
    .map(({ ip }) => `the group ${ip} is still being created`);
}
