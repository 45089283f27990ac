/** What the guest prints while it boots, from what it finds in its machine. */
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";
import { isDisk } from "../spec/devices.ts";
import { componentsOf } from "../spec/canonical.ts";

/** One text per step, in order; the last is followed by the login prompt. */
export function bootMessages(spec: InstanceSpec, hostname: string): string[] {
  const components = componentsOf(spec).map(([key, entry]) => ({ key, entry }));
  const disks = components.filter(({ entry }) => isDisk(entry));
  const nics = components.filter(({ entry }) => entry.type === "virtio_nic");
  const { cpus, memory_mb: memoryMb } = spec.board;
  return [
    `racklet guest 1.0\n`,
    `cpu: ${cpus} online\nmemory: ${memoryMb} MiB\n`,
    disks.map(({ key }, i) => `vd${letter(i)}: ${key}\n`).join("") || "no disks: running from memory\n",
    nics.map(({ key }, i) => `eth${i}: ${key}: link up\n`).join("") || "no network interfaces\n",
    `hostname: ${hostname}\n`,
  ];
}

/** a … z, then aa, ab …, as disks are counted. */
function letter(i: number): string {
  return (i >= 26 ? letter(Math.floor(i / 26) - 1) : "") + String.fromCodePoint(97 + (i % 26));
}
