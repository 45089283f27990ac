import { describe, expect, test } from "vitest";
import { VmConfigError, specFromToml } from "../src/index.ts";
import { FEATURES } from "../src/spec/features.ts";
import { specIssue } from "../src/spec/validate.ts";
import { rig, specRequest } from "./rig.ts";
import { board, pci } from "./specs.ts";

const USUAL = ["com1", "com2", "com3", "com4", "pvpanic"];
const DISK = `
[block_dev.store]
type = "file"
path = "/disk.img"
`;
const EVERYTHING = `
[main]
boot_order = ["disk0", "disk1"]
[chipset]
enable-pcie = true
[[pci_bridge]]
pci-path = "0.3.0"
downstream-bus = 1
[dev.disk0]
driver = "pci-virtio-block"
block_dev = "store"
pci-path = "1.16.0"
[dev.disk1]
driver = "pci-nvme"
block_dev = "D15C0000-0000-4000-8000-000000000001"
pci-path = "0.17.0"
has_write_cache = "false"
[dev.net0]
driver = "pci-virtio-viona"
vnic = "vnic0"
pci-path = "0.8.0"
[dev.npu]
driver = "softnpu-pci-port"
pci-path = "0.9.0"
[dev.port0]
driver = "softnpu-port"
vnic = "vnic1"
[dev.p9]
driver = "softnpu-p9"
pci-path = "0.10.0"
[dev.share]
driver = "pci-virtio-9p"
source = "/src"
target = "tag"
chunk_size = "4096"
pci-path = "0.11.0"
[dev.sock]
driver = "pci-virtio-socket"
guest_cid = "16"
pci-path = "0.12.0"
[dev.test-migration-failure]
driver = "anything"
fail_exports = 2
fail_imports = -1
[block_dev.store]
type = "file"
path = "/disk.img"
readonly = true
[block_dev.d15c0000-0000-4000-8000-000000000001]
type = "file"
path = "/other.img"
readonly = "true"
block_size = 4096
workers = 8
[block_dev.unused]
type = "unknown"
[cpuid.mine]
vendor = "amd"
80000001 = [5, 6, 7, 8]
7-1 = [1, 2, 3, 0xffffffff]
7-0 = [0, 0, 0, 0]
`;

describe("a description", () => {
  test("of nothing makes a VM with serial ports and a panic device", () => {
    const spec = specFromToml("");
    expect(spec.board).toEqual({ ...board, cpus: 4, memory_mb: 1024 });
    expect(Object.keys(spec.components)).toEqual(USUAL);
  });

  test("of everything makes every component, and a specification that holds together", () => {
    const spec = specFromToml(EVERYTHING, { cpus: 1, memoryMb: 64, cpuidProfile: "mine", hyperv: true });
    expect(specIssue(spec, new Set(FEATURES))).toBeNull();
    expect(spec.board).toEqual({
      cpus: 1,
      memory_mb: 64,
      chipset: { type: "i440_fx", value: { enable_pcie: true } },
      guest_hv_interface: { type: "hyper_v", value: { features: ["reference_tsc"] } },
      cpuid: {
        vendor: "amd",
        entries: [
          { leaf: 7, subleaf: 0, eax: 0, ebx: 0, ecx: 0, edx: 0 },
          { leaf: 7, subleaf: 1, eax: 1, ebx: 2, ecx: 3, edx: 0xffff_ffff },
          { leaf: 0x8000_0001, subleaf: null, eax: 5, ebx: 6, ecx: 7, edx: 8 },
        ],
      },
    });
    const { com1: _1, com2: _2, com3: _3, ...components } = spec.components;
    const id = "d15c0000-0000-4000-8000-000000000001";
    expect(components).toEqual({
      [id]: {
        type: "file_storage_backend",
        component: { path: "/other.img", readonly: true, block_size: 4096, workers: 8 },
      },
      "boot-settings": { type: "boot_settings", component: { order: [{ id: "disk0" }, { id: "disk1" }] } },
      disk0: { type: "virtio_disk", component: { backend_id: "store", pci_path: pci(16, 1) } },
      disk1: {
        type: "nvme_disk",
        component: {
          backend_id: id,
          pci_path: pci(17),
          serial_number: [...Buffer.from("disk1".padEnd(20))],
          has_write_cache: false,
        },
      },
      net0: {
        type: "virtio_nic",
        component: {
          backend_id: "net0-backend",
          interface_id: "00000000-0000-0000-0000-000000000000",
          pci_path: pci(8),
        },
      },
      "net0-backend": { type: "virtio_network_backend", component: { vnic_name: "vnic0" } },
      npu: { type: "soft_npu_pci_port", component: { pci_path: pci(9) } },
      p9: { type: "soft_npu_p9", component: { pci_path: pci(10) } },
      "pci-bridge-0.3.0": { type: "pci_pci_bridge", component: { downstream_bus: 1, pci_path: pci(3) } },
      port0: { type: "soft_npu_port", component: { backend_id: "port0:backend", link_name: "port0" } },
      "port0:backend": { type: "dlpi_network_backend", component: { vnic_name: "vnic1" } },
      pvpanic: { type: "qemu_pvpanic", component: { enable_isa: true } },
      share: { type: "p9fs", component: { source: "/src", target: "tag", chunk_size: 4096, pci_path: pci(11) } },
      sock: { type: "virtio_socket", component: { guest_cid: 16, pci_path: pci(12) } },
      store: { type: "file_storage_backend", component: { path: "/disk.img", readonly: true, block_size: 512 } },
      "test-migration-failure": { type: "migration_failure_injector", component: { fail_exports: 2, fail_imports: 0 } },
    });
  });

  test("makes a VM that a server takes", async () => {
    const text = `${DISK}[dev.disk0]\ndriver = "pci-nvme"\nblock_dev = "store"\npci-path = "0.4.0"\n`;
    expect(await rig().ask("PUT /instance", specRequest(specFromToml(text)))).toMatchObject({ status: 201 });
  });

  const device = (...lines: string[]) => `${DISK}[dev.d]\n${lines.join("\n")}`;
  const block = 'driver = "pci-virtio-block"';
  const p9 = 'driver = "pci-virtio-9p"';

  test.each<[string, string, string]>([
    ["text that is no TOML", "[dev", "not TOML"],
    ["a device without a driver", device(), "dev.d.driver is missing"],
    ["an unknown driver", device('driver = "floppy"'), 'dev.d.driver is "floppy": expected one of pci-virtio-block'],
    ["a driver called like a method of objects", device('driver = "toString"'), "expected one of"],
    ["a disk without a PCI path", device(block, 'block_dev = "store"'), "dev.d.pci-path is missing"],
    ["a PCI path of two fields", device(block, 'block_dev = "store"', 'pci-path = "0.4"'), 'dev.d.pci-path is "0.4"'],
    ["a PCI path out of range", device(block, 'block_dev = "store"', 'pci-path = "0.32.0"'), "BUS.DEVICE.FUNCTION"],
    ["a disk without a backend", device(block, 'pci-path = "0.4.0"'), "dev.d.block_dev is missing"],
    [
      "a disk with an unknown backend",
      device(block, 'block_dev = "x"', 'pci-path = "0.4.0"'),
      'dev.d.block_dev is "x"',
    ],
    ["a NIC without a VNIC", device('driver = "pci-virtio-viona"', 'pci-path = "0.4.0"'), "dev.d.vnic is missing"],
    ["a share without a source", device(p9, 'target = "t"'), "dev.d.source is missing"],
    ["a share without a target", device(p9, 'source = "s"'), "dev.d.target is missing"],
    [
      "a socket without an id",
      device('driver = "pci-virtio-socket"', 'pci-path = "0.4.0"'),
      "dev.d.guest_cid is missing",
    ],
    ["a chipset flag that is a text", '[chipset]\nenable-pcie = "true"', 'chipset.enable-pcie is "true"'],
    ["a section that is no table", "dev = 1", "dev is 1: expected a table"],
    ["a bridge without a bus", '[[pci_bridge]]\npci-path = "0.3.0"', "pci_bridge[0].downstream-bus is missing"],
    [
      "two things of one name",
      device(block, 'block_dev = "store"', 'pci-path = "0.4.0"').replace("dev.d]", "dev.store]"),
      "two components are called store",
    ],
    [
      "a name that every VM uses",
      device(block, 'block_dev = "store"', 'pci-path = "0.4.0"').replace("dev.d]", "dev.com1]"),
      "two components are called com1",
    ],
  ])("with %s is refused by name", (_, text, message) => {
    expect(() => specFromToml(text)).toThrow(VmConfigError);
    expect(() => specFromToml(text)).toThrow(message);
  });

  test.each([
    ['type = "crucible"', 'block_dev.store.type is "crucible": expected "file"'],
    ['type = "file"', "block_dev.store.path is missing"],
    ['type = "file"\npath = "/f"\nreadonly = "maybe"', 'block_dev.store.readonly is "maybe"'],
    ['type = "file"\npath = "/f"\nworkers = 0', "block_dev.store.workers is 0"],
  ])("with a backend of %j is refused by name", (backend, message) => {
    const text = `[block_dev.store]\n${backend}\n[dev.d]\n${block}\nblock_dev = "store"\npci-path = "0.4.0"`;
    expect(() => specFromToml(text)).toThrow(message);
  });

  test.each([
    ["absent", "", "cpuid.p is missing"],
    ["of nobody", '[cpuid.p]\nvendor = "via"', 'cpuid.p.vendor is "via"'],
    ["of three registers", '[cpuid.p]\nvendor = "amd"\n7 = [1, 2, 3]', "cpuid.p.7 is [1,2,3]"],
    ["of a leaf that is none", '[cpuid.p]\nvendor = "amd"\nseven = [1, 2, 3, 4]', "cpuid.p.seven"],
  ])("with a CPUID profile %s is refused by name", (_, text, message) => {
    expect(() => specFromToml(text, { cpuidProfile: "p" })).toThrow(message);
  });
});
