/** Specifications and requests for tests. */
import type { Component, InstanceProperties, InstanceSpec } from "@racklet/api-types/propolis/latest";

export const ID = "0a000000-0000-4000-8000-000000000001";
export const DISK_ID = "d15c0000-0000-4000-8000-000000000001";
export const NIC_ID = "41c00000-0000-4000-8000-000000000001";

export const board: InstanceSpec["board"] = {
  cpus: 2,
  memory_mb: 512,
  chipset: { type: "i440_fx", value: { enable_pcie: false } },
};

export const pci = (device: number, bus = 0, fn = 0) => ({ bus, device, function: fn });

export const crucible = (request_json = "{}", readonly = false): Component => ({
  type: "crucible_storage_backend",
  component: { request_json, readonly },
});
export const disk = (backend_id: string, device = 16): Component => ({
  type: "virtio_disk",
  component: { backend_id, pci_path: pci(device) },
});
export const nvme = (backend_id: string, device = 16, has_write_cache = true): Component => ({
  type: "nvme_disk",
  component: { backend_id, pci_path: pci(device), serial_number: Array<number>(20).fill(32), has_write_cache },
});
export const nic = (backend_id: string, device = 8): Component => ({
  type: "virtio_nic",
  component: { backend_id, interface_id: ID, pci_path: pci(device) },
});
export const viona = (vnic_name = "opte0"): Component => ({
  type: "virtio_network_backend",
  component: { vnic_name },
});
export const serial = (num: "com1" | "com2" | "com3" | "com4"): Component => ({
  type: "serial_port",
  component: { num },
});

export const specOf = (components: Record<string, Component> = {}): InstanceSpec => ({ board, components });

/** A VM as the control plane describes it: a disk, a network interface, a serial port. */
export const usualSpec = (requestJson = "{}"): InstanceSpec =>
  specOf({
    [DISK_ID]: crucible(requestJson),
    "disk-0": disk(DISK_ID),
    [NIC_ID]: viona(),
    "nic-0": nic(NIC_ID),
    com1: serial("com1"),
    "boot-settings": { type: "boot_settings", component: { order: [{ id: "disk-0" }] } },
  });

export const properties: InstanceProperties = {
  id: ID,
  name: "vm",
  description: "a VM",
  metadata: { silo_id: ID, project_id: ID, sled_id: ID, sled_serial: "s", sled_revision: 1, sled_model: "m" },
};
