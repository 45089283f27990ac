/**
 * Asks sled-agents what became of the VMMs they should have: a report that was lost is made good, a VMM that its sled-agent does
 * not know any more has failed, and one that was to stop, or to begin a migration, but was never told is told again.
 */
import { defineTask, type Task } from "@racklet/reconcile";
import { ClientError } from "@racklet/client-runtime";
import { mapBounded } from "../bounded.ts";
import type { NexusContext } from "../context.ts";
import type { VmmState } from "../db/schema.ts";
import { requestMigration } from "../instance/request-migration.ts";
import { stopVmm } from "../instance/stop-vmm.ts";
import { applyVmmReport, markVmmLost } from "../instance/vmm-state.ts";
import { NoSuchVmmError, sledAgentOf, sledError } from "../peers/sled-agent.ts";
import { vmmReport } from "../peers/vmm-report.ts";
import { INSTANCE_WATCHER } from "./names.ts";

const PERIOD_MS = 5_000;
/** One that runs, and is to run, tells by itself when that ends, and so does a sled-agent that starts: it is asked less often. */
const RUNNING_PERIOD_MS = 30_000;
/** The saga that made the target tells it to begin; it is left in peace for longer than that takes. */
const BEGIN_GRACE_MS = 20_000;
const AT_ONCE = 16;
const MAX_ERRORS = 20;

export interface InstanceWatcherDetails {
  readonly checked: number;
  readonly changed: number;
  readonly lost: number;
  readonly stopped: number;
  /** Targets of migrations that were told to begin. */
  readonly begun: number;
  readonly failed: number;
  /** The first ones. */
  readonly errors: readonly string[];
}

interface Watched {
  readonly id: string;
  readonly state: VmmState;
  readonly state_gen: number;
  readonly isToStop: boolean;
  /** It should have begun to take over its guest. */
  readonly isToBegin: boolean;
  readonly sled_id: string;
  readonly sled_agent_address: string;
  readonly policy: string;
}

type Finding = "same" | "changed" | "lost" | "stopped" | "begun" | { readonly error: string };

/** A pass that was activated asks for all. */
export function instanceWatcherTask(nexus: NexusContext): Task<InstanceWatcherDetails> {
  const askedAt = new Map<string, number>();
  return defineTask({
    name: INSTANCE_WATCHER,
    description: "asks sled-agents for the states of their VMMs",
    periodMs: PERIOD_MS,
    run: async ({ reason, signal }) => {
      const watched = await watchedVmms(nexus);
      const ids = new Set(watched.map(({ id }) => id));
      for (const id of askedAt.keys()) if (!ids.has(id)) askedAt.delete(id);
      const now = nexus.world.clock.monotonicMs();
      const isDue = (vmm: Watched) =>
        reason === "signaled" || !isAtRest(vmm) || now - (askedAt.get(vmm.id) ?? -Infinity) >= RUNNING_PERIOD_MS;
      const vmms = watched.filter(isDue);
      const findings = await mapBounded(vmms, AT_ONCE, async (vmm) => {
        const finding = await watch(nexus, vmm, signal);
        if (finding === "same") askedAt.set(vmm.id, now);
        return finding;
      });
      const count = (finding: Finding) => findings.filter((each) => each === finding).length;
      const errors = findings.flatMap((finding) => (typeof finding === "object" ? finding.error : []));
      return {
        checked: vmms.length,
        changed: count("changed"),
        lost: count("lost"),
        stopped: count("stopped"),
        begun: count("begun"),
        failed: errors.length,
        errors: errors.slice(0, MAX_ERRORS),
      };
    },
  });
}

/** Those that a sled-agent was told of and that are not at their end, also those that their instances have left. */
async function watchedVmms(nexus: NexusContext): Promise<Watched[]> {
  const rows = await nexus.store.db
    .selectFrom("vmm")
    .innerJoin("sled", "sled.id", "vmm.sled_id")
    .innerJoin("instance", "instance.id", "vmm.instance_id")
    .leftJoin("migration", (join) =>
      join
        .onRef("migration.target_propolis_id", "=", "vmm.id")
        .on("migration.target_state", "=", "pending")
        .on("migration.time_deleted", "is", null),
    )
    .select([
      "vmm.id",
      "vmm.state",
      "vmm.state_gen",
      "vmm.time_created",
      "vmm.sled_id",
      "sled.sled_agent_address",
      "sled.policy",
      "instance.active_propolis_id",
      "instance.intended_state",
      "migration.id as pendingMigration",
    ])
    .where("vmm.time_deleted", "is", null)
    .where("vmm.state", "in", ["starting", "running", "stopping", "rebooting", "migrating"])
    .orderBy("vmm.id")
    .execute();
  const begunBy = new Date(nexus.world.clock.now() - BEGIN_GRACE_MS).toISOString();
  return rows.map(({ active_propolis_id, intended_state, pendingMigration, ...vmm }) => ({
    ...vmm,
    isToStop: active_propolis_id === vmm.id && intended_state === "stopped" && vmm.state !== "stopping",
    isToBegin: pendingMigration !== null && vmm.time_created < begunBy,
  }));
}

const isAtRest = ({ state, isToStop, isToBegin, policy }: Watched): boolean =>
  state === "running" && !isToStop && !isToBegin && policy !== "expunged";

async function watch(nexus: NexusContext, vmm: Watched, signal: AbortSignal): Promise<Finding> {
  const sled = { id: vmm.sled_id, sled_agent_address: vmm.sled_agent_address };
  if (vmm.policy === "expunged") {
    await markVmmLost(nexus, vmm.id, vmm.state_gen, `sled ${sled.id} was expunged`);
    return "lost";
  }
  try {
    const seen = await sledAgentOf(nexus, sled).vmm_get_state({ path: { propolis_id: vmm.id } }, { signal });
    if (await applyVmmReport(nexus, vmm.id, vmmReport(seen))) return "changed";
    if (vmm.isToBegin) {
      await requestMigration(nexus, vmm.id);
      return "begun";
    }
    if (!vmm.isToStop) return "same";
    await stopVmm(nexus, vmm.sled_id, vmm.id);
    return "stopped";
  } catch (error) {
    const known = error instanceof ClientError ? sledError(sled, error) : error;
    if (known instanceof NoSuchVmmError && known.isEnding) return "same";
    if (known instanceof NoSuchVmmError) {
      await markVmmLost(
        nexus,
        vmm.id,
        vmm.state_gen,
        `the sled-agent of sled ${sled.id} does not have the VMM any more`,
      );
      return "lost";
    }
    if (signal.aborted) throw error;
    return { error: known instanceof Error ? known.message : String(known) };
  }
}
