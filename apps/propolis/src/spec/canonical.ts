/** Specifications with every key in its one spelling, so that the rest compares keys as texts. */
import type { Component, InstanceSpec, ReplacementComponent } from "@racklet/api-types/propolis/latest";
import { badSpec } from "../errors.ts";
import { canonicalSpecKey, compareSpecKeys } from "./spec-key.ts";

/** Components in key order. Throws `badSpec` when two keys are spellings of one UUID. */
export function canonicalSpec(spec: InstanceSpec): InstanceSpec {
  return { ...spec, components: Object.fromEntries(sortedEntries(spec.components, canonicalComponent)) };
}

/** As `canonicalSpec`, for the components that a migration replaces. */
export function canonicalReplacements(
  replacements: Readonly<Record<string, ReplacementComponent>>,
): ReadonlyMap<string, ReplacementComponent> {
  return new Map(sortedEntries(replacements, (replacement) => replacement));
}

/** What components there are, in key order. */
export function componentsOf(spec: InstanceSpec): [key: string, component: Component][] {
  return sortedEntries(spec.components, (component) => component);
}

function sortedEntries<A, B>(map: Readonly<Record<string, A>>, convert: (value: A) => B): [string, B][] {
  const entries = new Map<string, B>();
  for (const [text, value] of Object.entries(map)) {
    const key = canonicalSpecKey(text);
    if (entries.has(key)) throw badSpec(`a component with name ${key} already exists`);
    entries.set(key, convert(value));
  }
  return [...entries].sort(([a], [b]) => compareSpecKeys(a, b));
}

function canonicalComponent(entry: Component): Component {
  switch (entry.type) {
    case "virtio_disk":
      return { ...entry, component: withCanonicalBackend(entry.component) };
    case "nvme_disk":
      return { ...entry, component: withCanonicalBackend(entry.component) };
    case "virtio_nic":
      return { ...entry, component: withCanonicalBackend(entry.component) };
    case "soft_npu_port":
      return { ...entry, component: withCanonicalBackend(entry.component) };
    case "boot_settings":
      return { ...entry, component: { order: entry.component.order.map(({ id }) => ({ id: canonicalSpecKey(id) })) } };
    default:
      return entry;
  }
}

function withCanonicalBackend<D extends { backend_id: string }>(device: D): D {
  return { ...device, backend_id: canonicalSpecKey(device.backend_id) };
}
