/** Turns a description of a VM in TOML, as propolis' command line takes it, into the specification that a server takes. */
import type { Component, InstanceSpec } from "@racklet/api-types/propolis/latest";
import { parse } from "smol-toml";
import { reasonOf } from "../errors.ts";
import { canonicalSpec } from "../spec/canonical.ts";
import { canonicalSpecKey } from "../spec/spec-key.ts";
import { componentsOfDevice, type Entry } from "./devices.ts";
import { Section, VmConfigError } from "./section.ts";

export interface VmSpecOptions {
  readonly cpus?: number;
  readonly memoryMb?: number;
  /** A `[cpuid.NAME]` section of the description. */
  readonly cpuidProfile?: string;
  /** Shows the guest Hyper-V's interface instead of bhyve's. */
  readonly hyperv?: boolean;
}

const DEFAULT_CPUS = 4;
const DEFAULT_MEMORY_MB = 1024;

/**
 * Adds what every VM has: serial ports and a panic device. Throws VmConfigError. Whether the result holds together is for
 * the server to say.
 */
export function specFromToml(text: string, options: VmSpecOptions = {}): InstanceSpec {
  const top = new Section("", parseToml(text));
  const components = new Map<string, Component>();
  for (const [key, component] of [...describedEntries(top), ...usualEntries(top)]) {
    const canonical = canonicalSpecKey(key);
    if (components.has(canonical)) throw new VmConfigError(`two components are called ${canonical}`);
    components.set(canonical, component);
  }
  return canonicalSpec({ board: boardOf(top, options), components: Object.fromEntries(components) });
}

function parseToml(text: string) {
  try {
    return parse(text);
  } catch (error) {
    throw new VmConfigError(`not TOML: ${reasonOf(error)}`, { cause: error });
  }
}

function describedEntries(top: Section): Entry[] {
  const blockDevs = top.section("block_dev");
  const devices = top
    .section("dev")
    .sections()
    .flatMap(([name, device]) => componentsOfDevice(name, device, blockDevs));
  const bridges = top.list("pci_bridge").map((bridge): Entry => {
    const component = {
      downstream_bus: bridge.integer("downstream-bus", 0, 255),
      pci_path: bridge.pciPath("pci-path"),
    };
    return [`pci-bridge-${bridge.string("pci-path")}`, { type: "pci_pci_bridge", component }];
  });
  const main = top.section("main");
  const order = main.has("boot_order") ? main.strings("boot_order").map((id) => ({ id })) : undefined;
  const boot: Entry[] = order === undefined ? [] : [["boot-settings", { type: "boot_settings", component: { order } }]];
  return [...devices, ...bridges, ...boot];
}

/** com4 is left to a SoftNPU port where there is one. */
function usualEntries(top: Section): Entry[] {
  const hasSoftNpu = top
    .section("dev")
    .sections()
    .some(([, device]) => device.has("driver") && device.string("driver") === "softnpu-pci-port");
  const ports = (["com1", "com2", "com3", "com4"] as const).slice(0, hasSoftNpu ? 3 : 4);
  return [
    ...ports.map((num): Entry => [num, { type: "serial_port", component: { num } }]),
    ["pvpanic", { type: "qemu_pvpanic", component: { enable_isa: true } }],
  ];
}

function boardOf(top: Section, options: VmSpecOptions): InstanceSpec["board"] {
  const { cpus = DEFAULT_CPUS, memoryMb = DEFAULT_MEMORY_MB, cpuidProfile, hyperv = false } = options;
  const enable_pcie = top.section("chipset").boolean("enable-pcie", false, { allowText: false });
  return {
    cpus,
    memory_mb: memoryMb,
    chipset: { type: "i440_fx", value: { enable_pcie } },
    ...(hyperv ? { guest_hv_interface: { type: "hyper_v", value: { features: ["reference_tsc"] } } } : {}),
    ...(cpuidProfile === undefined ? {} : { cpuid: cpuidOf(top, cpuidProfile) }),
  };
}

const U32 = 0xffff_ffff;

/** A profile's keys are leaves, `LEAF` or `LEAF-SUBLEAF`, in hexadecimal. */
function cpuidOf(top: Section, name: string): NonNullable<InstanceSpec["board"]["cpuid"]> {
  const profiles = top.section("cpuid");
  if (!profiles.has(name)) throw profiles.fail(name, "a CPUID profile of this name");
  const profile = profiles.section(name);
  const vendor = profile.string("vendor");
  if (vendor !== "amd" && vendor !== "intel") throw profile.fail("vendor", '"amd" or "intel"');
  const keys = profile.names().filter((key) => key !== "vendor");
  const entries = keys.map((key) => {
    const [, leaf, subleaf] = /^([\da-f]{1,8})(?:-([\da-f]{1,8}))?$/i.exec(key) ?? [];
    if (leaf === undefined) throw profile.fail(key, "a leaf such as 7, 7-1 or 80000001 as the key");
    const [eax = 0, ebx = 0, ecx = 0, edx = 0] = profile.integers(key, 4, U32);
    const at = {
      leaf: Number.parseInt(leaf, 16),
      subleaf: subleaf === undefined ? null : Number.parseInt(subleaf, 16),
    };
    return { ...at, eax, ebx, ecx, edx };
  });
  return { vendor, entries: entries.toSorted((a, b) => a.leaf - b.leaf || (a.subleaf ?? -1) - (b.subleaf ?? -1)) };
}
