/** The request that creates a registered VMM's VM: its specification, with each interface on its OPTE port. */
import type { InstanceSpec, ReplacementComponent } from "@racklet/api-types/propolis/latest";
import { canonicalUuid } from "@racklet/net";
import { invalid } from "../errors.ts";
import type { Port } from "../opte/types.ts";
import type { Sled } from "../sled/sled.ts";
import type { VmEnsureRequest } from "./backend.ts";
import type { VmmRequest } from "./types.ts";

/**
 * `sourceAddr`: where to migrate from, instead of starting afresh. Throws `invalid` when an interface has no network
 * backend in the specification, or the VMM was not registered for a migration.
 */
export function ensureRequestOf(
  request: VmmRequest,
  sled: Sled,
  ports: readonly Port[],
  sourceAddr?: string,
): VmEnsureRequest {
  const spec = withPorts(request.spec, ports);
  return { properties: propertiesOf(request, sled), init: initOf(request, spec, sourceAddr) };
}

function initOf(request: VmmRequest, spec: InstanceSpec, sourceAddr: string | undefined): VmEnsureRequest["init"] {
  if (sourceAddr === undefined) return { method: "Spec", spec };
  const { migrationId } = request;
  if (migrationId === undefined) throw invalid("the VMM was not registered as the target of a migration");
  return { method: "MigrationTarget", migrationId, sourceAddr, replaceComponents: replacements(spec) };
}

// A backend names something of this sled, so the source's would be wrong here.
function replacements(spec: InstanceSpec): Record<string, ReplacementComponent> {
  const replaced: Record<string, ReplacementComponent> = {};
  for (const [key, { type, component }] of Object.entries(spec.components)) {
    if (type === "crucible_storage_backend") replaced[key] = { component: "CrucibleStorageBackend", spec: component };
    if (type === "virtio_network_backend") replaced[key] = { component: "VirtioNetworkBackend", spec: component };
  }
  return replaced;
}

function withPorts(spec: InstanceSpec, ports: readonly Port[]): InstanceSpec {
  const components = { ...spec.components };
  for (const { name, nic } of ports) {
    const key = networkBackendKey(spec, nic.id);
    components[key] = { type: "virtio_network_backend", component: { vnic_name: name } };
  }
  return { ...spec, components };
}

/** The key of an interface's backend: the interface's id, in any spelling. Throws `invalid` when there is none. */
export function networkBackendKey(spec: InstanceSpec, nicId: string): string {
  const key = Object.keys(spec.components).find((candidate) => canonicalUuid(candidate) === nicId);
  const component = key === undefined ? undefined : spec.components[key];
  if (key === undefined || component === undefined) {
    throw invalid(`the specification has no network backend for interface ${nicId}`);
  }
  if (component.type !== "virtio_network_backend") {
    throw invalid(`component ${key} of the specification is a ${component.type}, not a virtio_network_backend`);
  }
  return key;
}

function propertiesOf(request: VmmRequest, { sledId, baseboard }: Sled): VmEnsureRequest["properties"] {
  return {
    id: request.propolisId,
    name: request.hostname,
    description: "",
    metadata: {
      silo_id: request.siloId,
      project_id: request.projectId,
      sled_id: sledId,
      sled_serial: baseboard.serial,
      sled_revision: baseboard.revision,
      sled_model: baseboard.part,
    },
  };
}
