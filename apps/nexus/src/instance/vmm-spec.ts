/** The virtual hardware of an instance: mainboard, serial ports and a card per interface, at the places upstream gives them. */
import type { Schemas } from "@racklet/sled-agent-client";
import type { NicRow } from "../nic/create.ts";
import type { InstanceRecord } from "./record.ts";

type Spec = Schemas["InstanceEnsureBody"]["vmm_spec"];

const MIB = 2 ** 20;
const FIRST_NIC_DEVICE = 8;
const COM_PORTS = ["com1", "com2", "com3", "com4"] as const;

export function vmmSpec(instance: Pick<InstanceRecord, "ncpus" | "memory_bytes">, nics: readonly NicRow[]): Spec {
  const components: Spec["components"] = {};
  for (const num of COM_PORTS) components[num] = { type: "serial_port", component: { num } };
  components["pvpanic"] = { type: "qemu_pvpanic", component: { enable_isa: true } };
  for (const nic of nics) {
    components[`${nic.id}:device`] = {
      type: "virtio_nic",
      component: {
        backend_id: nic.id,
        interface_id: nic.id,
        pci_path: { bus: 0, device: FIRST_NIC_DEVICE + nic.slot, function: 0 },
      },
    };
    // The sled-agent finds the backend by the interface's id, and puts the name of the port that it makes in place of this one.
    components[nic.id] = { type: "virtio_network_backend", component: { vnic_name: "" } };
  }
  return {
    board: {
      chipset: { type: "i440_fx", value: { enable_pcie: false } },
      cpus: instance.ncpus,
      memory_mb: instance.memory_bytes / MIB,
      cpuid: null,
      guest_hv_interface: { type: "bhyve" },
    },
    components,
    smbios: null,
  };
}
