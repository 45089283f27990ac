/** Who the sled is and what it has. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { ByteCount } from "../../common/network.ts";
import { SledCpuFamily, SledRole } from "../../common/sled.ts";

export const SledIdentifiers = s.named(
  "SledIdentifiers",
  s.object({
    model: s.string(),
    rack_id: s.uuid(),
    revision: s.u32(),
    serial: s.string(),
    sled_id: s.uuid(),
  }),
);
export type SledIdentifiers = Infer<typeof SledIdentifiers>;

const Baseboard = s.named(
  "Baseboard",
  s.oneOf([
    s.object({ identifier: s.string(), model: s.string(), revision: s.u32(), type: s.literal("gimlet") }),
    s.object({ type: s.literal("unknown") }),
    s.object({ identifier: s.string(), model: s.string(), type: s.literal("pc") }),
  ]),
);

/** What no version changed of the part of the inventory that we serve. A sled of ours has no disks, pools or datasets. */
export const inventoryFields = {
  cpu_family: SledCpuFamily,
  datasets: s.array(s.any()),
  disks: s.array(s.any()),
  reconciler_status: s.named("ConfigReconcilerInventoryStatus", s.object({ status: s.literal("not_yet_run") })),
  reservoir_size: ByteCount,
  sled_agent_address: s.string(),
  sled_id: s.uuid(),
  sled_role: SledRole,
  usable_hardware_threads: s.u32(),
  usable_physical_ram: ByteCount,
  zpools: s.array(s.any()),
};

export const Inventory = s.named("Inventory", s.object({ ...inventoryFields, baseboard: Baseboard }));
export type Inventory = Infer<typeof Inventory>;
