/** Between the words of the domain and the newest wire types of propolis. */
import type { Schemas } from "@racklet/propolis-client";
import type { VmEnsureRequest } from "../vmm/backend.ts";
import type { Observation, ObservedMigration } from "../vmm/status.ts";

type EnsureRequest = Schemas["InstanceEnsureRequest"];

export function ensureToWire({ properties, init }: VmEnsureRequest): EnsureRequest {
  return { properties, init: initToWire(init) };
}

function initToWire(init: VmEnsureRequest["init"]): EnsureRequest["init"] {
  // Of one document: they differ only in optional fields that may be there as undefined, which JSON leaves out.
  type Spec = Schemas["InstanceSpec"];
  if (init.method === "Spec") return { method: "Spec", value: { spec: init.spec as Spec } };
  const { migrationId, sourceAddr, replaceComponents } = init;
  return {
    method: "MigrationTarget",
    value: { migration_id: migrationId, src_addr: sourceAddr, replace_components: { ...replaceComponents } },
  };
}

export function observationFromWire({ gen, state, migration }: Schemas["InstanceStateMonitorResponse"]): Observation {
  return {
    gen,
    state,
    migrationIn: migrationFromWire(migration.migration_in),
    migrationOut: migrationFromWire(migration.migration_out),
  };
}

const migrationFromWire = (
  status: Schemas["InstanceMigrationStatus"] | null | undefined,
): ObservedMigration | undefined => (status == null ? undefined : { id: status.id, state: status.state });
