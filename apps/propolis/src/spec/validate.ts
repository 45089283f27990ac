/** Whether a specification holds together: devices and backends in pairs, nothing taken twice. Shapes were checked before. */
import type { Component, InstanceSpec } from "@racklet/api-types/propolis/latest";
import { componentsOf } from "./canonical.ts";
import { backendKinds, deviceRules, isDisk, serialPortOf, type BackendKind } from "./devices.ts";
import type { Feature } from "./features.ts";

/** The first reason why it does not, null when it does. Keys are canonical. */
export function specIssue(spec: InstanceSpec, features: ReadonlySet<Feature>): string | null {
  return boardIssue(spec.board) ?? componentsIssue(componentsOf(spec), features);
}

// Upstream lets a machine without processors or memory fail later, when it is made.
function boardIssue({ cpus, memory_mb: memoryMb, cpuid }: InstanceSpec["board"]): string | null {
  if (cpus === 0) return "board has 0 cpus, at least 1 is needed";
  if (memoryMb === 0) return "board has 0 memory_mb, at least 1 is needed";
  return cpuid == null ? null : cpuidIssue(cpuid.entries);
}

function cpuidIssue(entries: readonly { leaf: number; subleaf?: number | null | undefined }[]): string | null {
  const subleavesOf = new Map<number, Set<number | null>>();
  for (const { leaf, subleaf = null } of entries) {
    const others = subleavesOf.get(leaf) ?? new Set();
    const at = `leaf ${leaf}${subleaf === null ? "" : ` subleaf ${subleaf}`}`;
    if (others.has(subleaf)) return `instance spec's CPUID entries are invalid: ${at} is given twice`;
    if (others.size > 0 && (subleaf === null || others.has(null))) {
      return `instance spec's CPUID entries are invalid: leaf ${leaf} is given both with and without a subleaf`;
    }
    subleavesOf.set(leaf, others.add(subleaf));
  }
  return null;
}

type Entries = readonly (readonly [key: string, entry: Component])[];

function componentsIssue(entries: Entries, features: ReadonlySet<Feature>): string | null {
  const taken = new Taken(entries);
  for (const [key, entry] of entries) {
    const issue = taken.add(key, entry, features);
    if (issue !== null) return issue;
  }
  return bootIssue(entries) ?? taken.unusedBackend();
}

function bootIssue(entries: Entries): string | null {
  const components = new Map(entries);
  const order = entries.flatMap(([, entry]) => (entry.type === "boot_settings" ? entry.component.order : []));
  const missing = order.find(({ id }) => !isDisk(components.get(id)));
  return missing === undefined ? null : `boot option ${missing.id} is not an attached device`;
}

/** What the devices seen so far have taken. */
class Taken {
  readonly #backends: Map<string, BackendKind>;
  readonly #pciPaths = new Set<string>();
  readonly #serialPorts = new Set<string>();
  readonly #singletons = new Set<string>();

  constructor(entries: Entries) {
    this.#backends = new Map(
      entries.flatMap(([key, { type }]) => {
        const kind = backendKinds[type];
        return kind === undefined ? [] : [[key, kind] as const];
      }),
    );
  }

  add(key: string, entry: Component, features: ReadonlySet<Feature>): string | null {
    if (backendKinds[entry.type] !== undefined) return null;
    const { feature, once, backend } = deviceRules[entry.type] ?? {};
    if (feature !== undefined && !features.has(feature)) {
      return `support for component ${key} compiled out via ${feature}`;
    }
    return (
      (backend === undefined ? null : this.#takeBackend(key, entry, backend)) ??
      this.#takePciPath(entry) ??
      take(this.#serialPorts, serialPortOf(entry), (port) => `serial port ${port} is already specified`) ??
      (once === undefined ? null : take(this.#singletons, entry.type, () => once))
    );
  }

  unusedBackend(): string | null {
    const [key] = this.#backends.keys();
    return key === undefined ? null : `backend ${key} not used by any device`;
  }

  // A backend is used up by its device, so a second device does not find it.
  #takeBackend(device: string, entry: Component, kind: BackendKind): string | null {
    const backend = "backend_id" in entry.component ? entry.component.backend_id : "";
    if (backend === device) return `device ${device} has the same name as its backend`;
    if (this.#backends.get(backend) !== kind) {
      return `${kind === "storage" ? "storage" : "network"} backend ${backend} not found for device ${device}`;
    }
    this.#backends.delete(backend);
    return null;
  }

  #takePciPath({ component }: Component): string | null {
    if (!("pci_path" in component)) return null;
    const { bus, device, function: fn } = component.pci_path;
    return take(this.#pciPaths, `${bus}.${device}.${fn}`, (path) => `a PCI device is already attached at ${path}`);
  }
}

function take(taken: Set<string>, what: string | undefined, issue: (what: string) => string): string | null {
  if (what === undefined) return null;
  if (taken.has(what)) return issue(what);
  taken.add(what);
  return null;
}
