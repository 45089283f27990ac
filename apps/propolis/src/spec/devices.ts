/** What each type of component asks of the specification around it. */
import type { Component } from "@racklet/api-types/propolis/latest";
import type { Feature } from "./features.ts";

type ComponentType = Component["type"];
export type BackendKind = "storage" | "viona" | "dlpi";

interface DeviceRules {
  /** The kind of backend that `backend_id` names. */
  readonly backend?: BackendKind;
  readonly feature?: Feature;
  /** How a second one is refused; absent where there may be several. */
  readonly once?: string;
}

export const backendKinds: Readonly<Partial<Record<ComponentType, BackendKind>>> = {
  crucible_storage_backend: "storage",
  file_storage_backend: "storage",
  blob_storage_backend: "storage",
  virtio_network_backend: "viona",
  dlpi_network_backend: "dlpi",
};

export const deviceRules: Readonly<Partial<Record<ComponentType, DeviceRules>>> = {
  virtio_disk: { backend: "storage" },
  nvme_disk: { backend: "storage" },
  virtio_nic: { backend: "viona" },
  qemu_pvpanic: { once: "pvpanic device already specified" },
  virtio_socket: { once: "vsock device already specified" },
  boot_settings: { once: "boot settings were already specified" },
  soft_npu_pci_port: { feature: "falcon" },
  soft_npu_port: { backend: "dlpi", feature: "falcon" },
  soft_npu_p9: { feature: "falcon" },
  p9fs: { feature: "falcon" },
  migration_failure_injector: {
    feature: "failure-injection",
    once: "migration failure injection already enabled",
  },
};

/** The serial port that a component takes up. */
export function serialPortOf(entry: Component): string | undefined {
  if (entry.type === "serial_port") return entry.component.num;
  return entry.type === "soft_npu_pci_port" ? "com4" : undefined;
}

export function isDisk(entry: Component | undefined): boolean {
  return entry?.type === "virtio_disk" || entry?.type === "nvme_disk";
}
