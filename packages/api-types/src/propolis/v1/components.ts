/** Devices and backends of a VM: the components that no later version changed, and the NVMe disk as it first was. */
import { s, type Schema } from "@racklet/api-kit/schema";

/** A UUID in any spelling, or else a name. Two spellings of one UUID are one key. */
export const SpecKey = s.named(
  "SpecKey",
  s.string(),
  "The key of a component: a UUID (any spelling of one is the same key) or a name.",
);

export const PciPath = s.named(
  "PciPath",
  s.object({
    bus: s.u8(),
    device: s.integer("uint8", { minimum: 0, maximum: 31 }),
    function: s.integer("uint8", { minimum: 0, maximum: 7 }),
  }),
  "A PCI bus, device and function.",
);

export const nvmeDiskFields = {
  backend_id: SpecKey,
  pci_path: PciPath,
  serial_number: s.array(s.u8(), { minItems: 20, maxItems: 20 }),
};

export const NvmeDisk = s.named("NvmeDisk", s.closed(nvmeDiskFields));

export const CrucibleStorageBackend = s.named(
  "CrucibleStorageBackend",
  s.closed({
    readonly: s.boolean(),
    request_json: s.described("A serialised volume construction request.", s.string()),
  }),
);
export const VirtioNetworkBackend = s.named("VirtioNetworkBackend", s.closed({ vnic_name: s.string() }));
export const MigrationFailureInjector = s.named(
  "MigrationFailureInjector",
  s.closed({ fail_exports: s.u32(), fail_imports: s.u32() }),
);

/** A component as it stands in a specification: `{"type": …, "component": …}`. */
export const tagged = <const T extends string, C extends Schema>(type: T, component: C) =>
  s.closed({ component, type: s.literal(type) });

const Disk = s.closed({ backend_id: SpecKey, pci_path: PciPath });
const AtPciPath = s.closed({ pci_path: PciPath });

/** Every component of the first version but the NVMe disk. */
export const unchangedComponents = [
  tagged("virtio_disk", s.named("VirtioDisk", Disk)),
  tagged(
    "virtio_nic",
    s.named("VirtioNic", s.closed({ backend_id: SpecKey, interface_id: s.uuid(), pci_path: PciPath })),
  ),
  tagged(
    "serial_port",
    s.named("SerialPort", s.closed({ num: s.named("SerialPortNumber", s.enum(["com1", "com2", "com3", "com4"])) })),
  ),
  tagged("pci_pci_bridge", s.named("PciPciBridge", s.closed({ downstream_bus: s.u8(), pci_path: PciPath }))),
  tagged("qemu_pvpanic", s.named("QemuPvpanic", s.closed({ enable_isa: s.boolean() }))),
  tagged(
    "boot_settings",
    s.named("BootSettings", s.closed({ order: s.array(s.named("BootOrderEntry", s.object({ id: SpecKey }))) })),
  ),
  tagged("soft_npu_pci_port", s.named("SoftNpuPciPort", AtPciPath)),
  tagged("soft_npu_port", s.named("SoftNpuPort", s.closed({ backend_id: SpecKey, link_name: s.string() }))),
  tagged("soft_npu_p9", s.named("SoftNpuP9", AtPciPath)),
  tagged(
    "p9fs",
    s.named("P9fs", s.closed({ chunk_size: s.u32(), pci_path: PciPath, source: s.string(), target: s.string() })),
  ),
  tagged("migration_failure_injector", MigrationFailureInjector),
  tagged("crucible_storage_backend", CrucibleStorageBackend),
  tagged(
    "file_storage_backend",
    s.named(
      "FileStorageBackend",
      s.closed({
        block_size: s.u32(),
        path: s.string(),
        readonly: s.boolean(),
        workers: s.nullish(s.integer("uint", { minimum: 1 })),
      }),
    ),
  ),
  tagged(
    "blob_storage_backend",
    s.named("BlobStorageBackend", s.closed({ base64: s.string(), readonly: s.boolean() })),
  ),
  tagged("virtio_network_backend", VirtioNetworkBackend),
  tagged("dlpi_network_backend", s.named("DlpiNetworkBackend", s.closed({ vnic_name: s.string() }))),
] as const;
