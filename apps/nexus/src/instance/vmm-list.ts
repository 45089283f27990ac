/** The VMMs that there are, for operators. */
import type { NexusContext } from "../context.ts";
import type { MigrationState, VmmState } from "../db/schema.ts";

/** At most this many: the view is for people. */
const LIMIT = 10_000;

/** `active`: it has the guest. `target`: it is to take it over. Null: it is not the instance's yet, or no longer. */
export type VmmRole = "active" | "target" | null;

/**
 * The VMMs that instances have now, and those whose last words are still to be dealt with. Of the two VMMs of a migration
 * exactly one is shown to run, whatever their sled-agents have got round to telling; `reported_state` is what they told.
 */
export async function listVmms(nexus: NexusContext) {
  const rows = await nexus.store.db
    .selectFrom("vmm")
    .innerJoin("instance", "instance.id", "vmm.instance_id")
    .innerJoin("sled", "sled.id", "vmm.sled_id")
    .leftJoin("migration", "migration.id", "instance.migration_id")
    .select([
      "vmm.id",
      "vmm.instance_id",
      "instance.name as instance_name",
      "instance.state as instance_state",
      "instance.intended_state",
      "instance.migration_id",
      "instance.active_propolis_id",
      "migration.source_propolis_id",
      "migration.target_propolis_id",
      "migration.source_state",
      "migration.target_state",
      "vmm.sled_id",
      "sled.slot as sled_slot",
      "sled.underlay_address as sled_address",
      "vmm.propolis_address",
      "vmm.state as reported_state",
      "vmm.state_gen",
      "vmm.time_state_updated",
      "vmm.failure_reason",
    ])
    .where("vmm.time_deleted", "is", null)
    .orderBy("vmm.id")
    .limit(LIMIT)
    .execute();
  const shown = rows.map(({ active_propolis_id, source_propolis_id, target_propolis_id, ...row }) => {
    const links = { active_propolis_id, source_propolis_id, target_propolis_id };
    const role = roleOf(row.id, { ...links, source_state: row.source_state, target_state: row.target_state });
    return { ...row, role, state: shownState(row.reported_state, role) };
  });
  // The one that has the guest first, for readers who look for an instance's VMM.
  return shown.toSorted((a, b) => Number(b.role === "active") - Number(a.role === "active"));
}

interface Links {
  readonly active_propolis_id: string | null;
  readonly source_propolis_id: string | null;
  readonly source_state: MigrationState | null;
  readonly target_propolis_id: string | null;
  readonly target_state: MigrationState | null;
}

/** The record of the instance follows its VMMs a moment later; the role does at once. */
function roleOf(id: string, links: Links): VmmRole {
  const { source_state: source, target_state: target } = links;
  if (source === null) return id === links.active_propolis_id ? "active" : null;
  const hasMoved = target === "completed" || (source === "completed" && target !== "failed");
  if (id === links.source_propolis_id) return hasMoved ? null : "active";
  if (id !== links.target_propolis_id) return null;
  return hasMoved ? "active" : "target";
}

function shownState(reported: VmmState, role: VmmRole): VmmState {
  switch (role) {
    case "active":
      return reported === "migrating" ? "running" : reported;
    case "target":
      return reported === "running" ? "migrating" : reported;
    case null:
      return ONGOING.has(reported) ? "stopping" : reported;
  }
}

const ONGOING: ReadonlySet<VmmState> = new Set(["starting", "running", "rebooting", "migrating"]);
