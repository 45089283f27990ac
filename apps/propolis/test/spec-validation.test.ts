import type { Component, InstanceSpec } from "@racklet/api-types/propolis/latest";
import { describe, expect, test } from "vitest";
import { FEATURES, type Feature } from "../src/spec/features.ts";
import { canonicalReplacements, canonicalSpec } from "../src/spec/canonical.ts";
import { replaceComponents } from "../src/spec/replace.ts";
import { specIssue } from "../src/spec/validate.ts";
import { DISK_ID, NIC_ID, board, crucible, disk, nic, nvme, pci, serial, specOf, usualSpec, viona } from "./specs.ts";

const ALL: ReadonlySet<Feature> = new Set(FEATURES);
const NONE: ReadonlySet<Feature> = new Set();
const issueOf = (components: Record<string, Component>, features = ALL): string | null =>
  specIssue(canonicalSpec(specOf(components)), features);
const withBoard = (more: Partial<InstanceSpec["board"]>): InstanceSpec => ({
  board: { ...board, ...more },
  components: {},
});
const cpuid = (...leaves: [leaf: number, subleaf?: number | null][]): InstanceSpec =>
  withBoard({
    cpuid: {
      vendor: "amd",
      entries: leaves.map(([leaf, subleaf]) => ({ leaf, subleaf, eax: 0, ebx: 0, ecx: 0, edx: 0 })),
    },
  });

const pvpanic: Component = { type: "qemu_pvpanic", component: { enable_isa: true } };
const vsock = (device = 20): Component => ({
  type: "virtio_socket",
  component: { guest_cid: 3, pci_path: pci(device) },
});
const boot = (...ids: string[]): Component => ({
  type: "boot_settings",
  component: { order: ids.map((id) => ({ id })) },
});
const injector: Component = { type: "migration_failure_injector", component: { fail_exports: 0, fail_imports: 0 } };
const bridge = (device: number): Component => ({
  type: "pci_pci_bridge",
  component: { downstream_bus: 1, pci_path: pci(device) },
});
const dlpi: Component = { type: "dlpi_network_backend", component: { vnic_name: "net0" } };
const npuPort = (backend_id: string): Component => ({
  type: "soft_npu_port",
  component: { backend_id, link_name: "l" },
});
const npuPciPort: Component = { type: "soft_npu_pci_port", component: { pci_path: pci(21) } };
const npuP9: Component = { type: "soft_npu_p9", component: { pci_path: pci(22) } };
const p9fs: Component = {
  type: "p9fs",
  component: { pci_path: pci(23), source: "/s", target: "t", chunk_size: 65_536 },
};
const blob: Component = { type: "blob_storage_backend", component: { base64: "", readonly: true } };
const file: Component = { type: "file_storage_backend", component: { path: "/f", readonly: true, block_size: 512 } };

describe("a specification is accepted", () => {
  test.each<[string, Record<string, Component>]>([
    ["with nothing but a board", {}],
    ["as the control plane makes it", usualSpec().components],
    [
      "with every kind of storage",
      { a: disk("A", 1), A: file, b: nvme("B", 2), B: blob, c: nvme("C", 3), C: crucible() },
    ],
    ["with every serial port", { a: serial("com1"), b: serial("com2"), c: serial("com3"), d: serial("com4") }],
    ["with SoftNPU", { p: npuPciPort, port: npuPort("port:backend"), "port:backend": dlpi, p9: npuP9, fs: p9fs }],
    [
      "with one of everything there may be one of",
      { pvpanic, vsock: vsock(), injector, bridge: bridge(1), boot: boot() },
    ],
    [
      "with two devices on the functions of one PCI device",
      {
        a: { type: "virtio_disk", component: { backend_id: "A", pci_path: pci(4, 0, 0) } },
        b: { type: "virtio_disk", component: { backend_id: "B", pci_path: pci(4, 0, 1) } },
        A: blob,
        B: blob,
      },
    ],
  ])("%s", (_, components) => {
    expect(issueOf(components)).toBeNull();
  });

  test("with one leaf of CPUID in several subleaves", () => {
    expect(specIssue(cpuid([1, 0], [1, 1], [2]), NONE)).toBeNull();
  });
});

describe("a specification is refused, by name, for", () => {
  test.each<[string, Record<string, Component>, string]>([
    ["a disk without its backend", { d: disk("b") }, "storage backend b not found for device d"],
    ["a disk on a network backend", { d: disk("b"), b: viona() }, "storage backend b not found for device d"],
    ["a NIC without its backend", { n: nic("b") }, "network backend b not found for device n"],
    ["a NIC on a DLPI backend", { n: nic("b"), b: dlpi }, "network backend b not found for device n"],
    ["a SoftNPU port on a viona backend", { n: npuPort("b"), b: viona() }, "network backend b not found for device n"],
    [
      "a backend of two devices",
      { d: disk("b", 1), e: disk("b", 2), b: blob },
      "storage backend b not found for device e",
    ],
    ["a backend of no device", { b: blob }, "backend b not used by any device"],
    ["a network backend of no device", { [NIC_ID]: viona() }, `backend ${NIC_ID} not used by any device`],
    ["a device that is its own backend", { d: disk("d") }, "device d has the same name as its backend"],
    [
      "two disks at one PCI path",
      { d: disk("a"), e: disk("b"), a: blob, b: blob },
      "a PCI device is already attached at 0.16.0",
    ],
    [
      "a bridge where a NIC is",
      { a: nic("n", 7), n: viona(), b: bridge(7) },
      "a PCI device is already attached at 0.7.0",
    ],
    ["a socket where a bridge is", { a: bridge(7), b: vsock(7) }, "a PCI device is already attached at 0.7.0"],
    [
      "a SoftNPU device where a bridge is",
      { a: bridge(21), b: npuPciPort },
      "a PCI device is already attached at 0.21.0",
    ],
    ["one serial port twice", { a: serial("com2"), b: serial("com2") }, "serial port com2 is already specified"],
    ["a serial port that SoftNPU takes", { a: npuPciPort, b: serial("com4") }, "serial port com4 is already specified"],
    ["two panic devices", { a: pvpanic, b: pvpanic }, "pvpanic device already specified"],
    ["two sockets", { a: vsock(1), b: vsock(2) }, "vsock device already specified"],
    ["two boot settings", { a: boot(), b: boot() }, "boot settings were already specified"],
    ["two failure injectors", { a: injector, b: injector }, "migration failure injection already enabled"],
    ["booting from nothing", { a: boot("disk-0") }, "boot option disk-0 is not an attached device"],
    ["booting from a backend", { a: boot("b"), d: disk("b"), b: blob }, "boot option b is not an attached device"],
    ["booting from a NIC", { a: boot("n"), n: nic("b"), b: viona() }, "boot option n is not an attached device"],
  ])("%s", (_, components, reason) => {
    expect(issueOf(components)).toBe(reason);
  });

  test.each<[string, InstanceSpec, string]>([
    ["no processors", withBoard({ cpus: 0 }), "board has 0 cpus"],
    ["no memory", withBoard({ memory_mb: 0 }), "board has 0 memory_mb"],
    ["a CPUID leaf twice", cpuid([7], [7, null]), "CPUID entries are invalid"],
    ["a CPUID subleaf twice", cpuid([7, 1], [7, 1]), "CPUID entries are invalid"],
    ["a CPUID leaf with, then without a subleaf", cpuid([7, 1], [7]), "CPUID entries are invalid"],
    ["a CPUID leaf without, then with a subleaf", cpuid([7], [7, 1]), "CPUID entries are invalid"],
  ])("%s", (_, spec, reason) => {
    expect(specIssue(spec, ALL)).toContain(reason);
  });

  test.each<[string, Component, Feature]>([
    ["SoftNPU's PCI port", npuPciPort, "falcon"],
    ["a SoftNPU port", npuPort("b"), "falcon"],
    ["SoftNPU's file system", npuP9, "falcon"],
    ["a shared file system", p9fs, "falcon"],
    ["a failure injector", injector, "failure-injection"],
  ])("%s where support is left out", (_, component, feature) => {
    expect(issueOf({ c: component }, NONE)).toBe(`support for component c compiled out via ${feature}`);
  });
});

describe("the target of a migration", () => {
  const crucibleReplacement = {
    component: "CrucibleStorageBackend" as const,
    spec: { request_json: '{"new":1}', readonly: false },
  };
  const vionaReplacement = { component: "VirtioNetworkBackend" as const, spec: { vnic_name: "opte7" } };
  const injectorReplacement = {
    component: "MigrationFailureInjector" as const,
    spec: { fail_exports: 1, fail_imports: 2 },
  };

  test("has the replaced components whole, and inherits the others", () => {
    const source = canonicalSpec(usualSpec());
    const replacements = canonicalReplacements({
      [DISK_ID.toUpperCase()]: crucibleReplacement,
      [`{${NIC_ID}}`]: vionaReplacement,
    });
    expect(replaceComponents(source, replacements, NONE)).toEqual({
      ...source,
      components: { ...source.components, [DISK_ID]: crucible('{"new":1}'), [NIC_ID]: viona("opte7") },
    });
    expect(replaceComponents(source, new Map(), NONE)).toEqual(source);
  });

  test.each([
    ["absent", crucibleReplacement, "replacement component absent not in source spec"],
    [NIC_ID, crucibleReplacement, `component ${NIC_ID} is not a crucible backend in the source spec`],
    [DISK_ID, vionaReplacement, `component ${DISK_ID} is not a viona backend in the source spec`],
    ["disk-0", vionaReplacement, "component disk-0 is not a viona backend in the source spec"],
    [DISK_ID, injectorReplacement, `component ${DISK_ID} is not a migration failure injector in the source spec`],
  ])("is refused a replacement of %s that does not fit", (key, replacement, reason) => {
    const source = canonicalSpec(usualSpec());
    expect(() => replaceComponents(source, new Map([[key, replacement]]), ALL)).toThrow(reason);
  });

  test("is refused a failure injector where support is left out", () => {
    const source = canonicalSpec(specOf({ i: injector }));
    const replacements = new Map([["i", injectorReplacement]]);
    expect(() => replaceComponents(source, replacements, NONE)).toThrow("compiled out");
    expect(replaceComponents(source, replacements, ALL).components["i"]).toEqual({
      ...injector,
      component: injectorReplacement.spec,
    });
  });
});
