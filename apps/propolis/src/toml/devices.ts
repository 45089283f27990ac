/** Devices of a VM description: one maker of components per driver. */
import type { Component } from "@racklet/api-types/propolis/latest";
import { canonicalSpecKey } from "../spec/spec-key.ts";
import type { Section } from "./section.ts";

export type Entry = readonly [key: string, component: Component];

const NIL_UUID = "00000000-0000-0000-0000-000000000000";
const U32 = 0xffff_ffff;
const NVME_SERIAL_BYTES = 20;

/** Makes a device called `name`, and its backend where it has one; `blockDevs` are the described storage backends. */
type Driver = (name: string, device: Section, blockDevs: Section) => readonly Entry[];

const drivers: Readonly<Record<string, Driver>> = {
  "pci-virtio-block": (name, device, blockDevs) => {
    const [backend, storage] = storageOf(device, blockDevs);
    const component = { backend_id: backend, pci_path: device.pciPath("pci-path") };
    return [
      [name, { type: "virtio_disk", component }],
      [backend, storage],
    ];
  },
  "pci-nvme": (name, device, blockDevs) => {
    const [backend, storage] = storageOf(device, blockDevs);
    const component = {
      backend_id: backend,
      pci_path: device.pciPath("pci-path"),
      serial_number: serialNumberOf(name),
      has_write_cache: device.boolean("has_write_cache", true, { allowText: true }),
    };
    return [
      [name, { type: "nvme_disk", component }],
      [backend, storage],
    ];
  },
  "pci-virtio-viona": (name, device) => {
    const backend = `${name}-backend`;
    const component = { backend_id: backend, interface_id: NIL_UUID, pci_path: device.pciPath("pci-path") };
    return [
      [name, { type: "virtio_nic", component }],
      [backend, { type: "virtio_network_backend", component: { vnic_name: device.string("vnic") } }],
    ];
  },
  "softnpu-pci-port": (name, device) => [
    [name, { type: "soft_npu_pci_port", component: { pci_path: device.pciPath("pci-path") } }],
  ],
  "softnpu-port": (name, device) => {
    const backend = `${name}:backend`;
    return [
      [name, { type: "soft_npu_port", component: { backend_id: backend, link_name: name } }],
      [backend, { type: "dlpi_network_backend", component: { vnic_name: device.string("vnic") } }],
    ];
  },
  "softnpu-p9": (name, device) => [
    [name, { type: "soft_npu_p9", component: { pci_path: device.pciPath("pci-path") } }],
  ],
  "pci-virtio-9p": (name, device) => {
    const component = {
      source: device.string("source"),
      target: device.string("target"),
      chunk_size: device.has("chunk_size") ? device.integer("chunk_size", 0, U32) : 65_536,
      pci_path: device.pciPath("pci-path"),
    };
    return [[name, { type: "p9fs", component }]];
  },
  "pci-virtio-socket": (name, device) => {
    const guest_cid = device.integer("guest_cid", 0, Number.MAX_SAFE_INTEGER);
    return [[name, { type: "virtio_socket", component: { guest_cid, pci_path: device.pciPath("pci-path") } }]];
  },
};

/** This name makes it one, whatever its driver. */
const FAILURE_INJECTOR = "test-migration-failure";

/** Throws VmConfigError. */
export function componentsOfDevice(name: string, device: Section, blockDevs: Section): readonly Entry[] {
  if (name === FAILURE_INJECTOR) {
    const component = { fail_exports: countOf(device, "fail_exports"), fail_imports: countOf(device, "fail_imports") };
    return [[name, { type: "migration_failure_injector", component }]];
  }
  const driver = device.string("driver");
  const make = Object.hasOwn(drivers, driver) ? drivers[driver] : undefined;
  if (make === undefined) throw device.fail("driver", `one of ${Object.keys(drivers).join(", ")}`);
  return make(name, device, blockDevs);
}

/** A negative number counts as 0. */
function countOf(device: Section, key: string): number {
  return device.has(key) ? Math.max(0, device.integer(key, Number.MIN_SAFE_INTEGER, U32)) : 0;
}

function storageOf(device: Section, blockDevs: Section): Entry {
  const key = canonicalSpecKey(device.string("block_dev"));
  const described = blockDevs.names().find((name) => canonicalSpecKey(name) === key);
  if (described === undefined) throw device.fail("block_dev", "the name of a block_dev section");
  const backend = blockDevs.section(described);
  if (backend.string("type") !== "file") throw backend.fail("type", '"file"');
  const component = {
    path: backend.string("path"),
    readonly: backend.boolean("readonly", false, { allowText: true }),
    block_size: backend.has("block_size") ? backend.integer("block_size", 1, U32) : 512,
    ...(backend.has("workers") ? { workers: backend.integer("workers", 1, U32) } : {}),
  };
  return [key, { type: "file_storage_backend", component }];
}

/** The name, cut or filled with spaces. */
function serialNumberOf(name: string): number[] {
  const bytes = Buffer.alloc(NVME_SERIAL_BYTES, " ");
  Buffer.from(name).copy(bytes);
  return [...bytes];
}
