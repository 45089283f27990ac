/** A VMM's state as sled-agents word it: in their answers and in their reports, newest version. */
import type { SledVmmState } from "@racklet/api-types/sled-agent/latest";
import type { MigrationReport } from "../instance/migration-record.ts";
import type { VmmReport } from "../instance/vmm-state.ts";

/** What racklet's own sled-agents say beside upstream's words, in reports only. */
interface Beside {
  readonly failure_reason?: string | null | undefined;
  readonly propolis_addr?: string | null | undefined;
}

export function vmmReport(seen: SledVmmState & Beside): VmmReport {
  const { vmm_state, migration_in, migration_out, failure_reason: reason, propolis_addr: propolisAddress } = seen;
  const { state, gen, time_updated: timeUpdated } = vmm_state;
  return {
    state,
    gen,
    timeUpdated,
    ...(reason == null ? {} : { reason }),
    ...(propolisAddress == null ? {} : { propolisAddress }),
    ...(migration_in == null ? {} : { migrationIn: migrationReport(migration_in) }),
    ...(migration_out == null ? {} : { migrationOut: migrationReport(migration_out) }),
  };
}

function migrationReport(seen: NonNullable<SledVmmState["migration_in"]>): MigrationReport {
  return { migrationId: seen.migration_id, state: seen.state, gen: seen.gen, timeUpdated: seen.time_updated };
}
