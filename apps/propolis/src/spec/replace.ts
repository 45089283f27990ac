/** The specification of a migration's target: its source's, with the components that stay behind replaced. */
import type { Component, InstanceSpec, ReplacementComponent } from "@racklet/api-types/propolis/latest";
import type { Feature } from "./features.ts";

/** What was to be replaced does not fit the source's specification. */
export class IncompatibleReplacementError extends Error {
  override readonly name = "IncompatibleReplacementError";
}

const REPLACES = {
  CrucibleStorageBackend: ["crucible_storage_backend", "crucible backend"],
  VirtioNetworkBackend: ["virtio_network_backend", "viona backend"],
  MigrationFailureInjector: ["migration_failure_injector", "migration failure injector"],
} as const;

/** Components that are not named are inherited. Keys are canonical. Throws IncompatibleReplacementError. */
export function replaceComponents(
  spec: InstanceSpec,
  replacements: ReadonlyMap<string, ReplacementComponent>,
  features: ReadonlySet<Feature>,
): InstanceSpec {
  const components = new Map<string, Component>(Object.entries(spec.components));
  for (const [key, replacement] of replacements) {
    const [type, name] = REPLACES[replacement.component];
    if (type === "migration_failure_injector" && !features.has("failure-injection")) {
      throw new IncompatibleReplacementError(
        `replacing migration failure injector ${key} is impossible because the feature is compiled out`,
      );
    }
    const replaced = components.get(key);
    if (replaced === undefined) {
      throw new IncompatibleReplacementError(`replacement component ${key} not in source spec`);
    }
    if (replaced.type !== type) {
      throw new IncompatibleReplacementError(`component ${key} is not a ${name} in the source spec`);
    }
    components.set(key, replacedBy(replacement));
  }
  return { ...spec, components: Object.fromEntries(components) };
}

function replacedBy(replacement: ReplacementComponent): Component {
  switch (replacement.component) {
    case "CrucibleStorageBackend":
      return { type: "crucible_storage_backend", component: replacement.spec };
    case "VirtioNetworkBackend":
      return { type: "virtio_network_backend", component: replacement.spec };
    case "MigrationFailureInjector":
      return { type: "migration_failure_injector", component: replacement.spec };
  }
}
