/** The inventory names the baseboard by part and serial number only. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { inventoryFields } from "../v1/sled.ts";
import type * as v1 from "../v1/sled.ts";

export const Inventory = s.named(
  "Inventory",
  s.object({
    ...inventoryFields,
    baseboard_id: s.named("BaseboardId", s.object({ part_number: s.string(), serial_number: s.string() })),
  }),
);
export type Inventory = Infer<typeof Inventory>;

/** As upstream: always a gimlet, of revision 0, which its readers of those versions ignore. */
export const inventoryDown = ({ baseboard_id: id, ...inventory }: Inventory): v1.Inventory => ({
  ...inventory,
  baseboard: { type: "gimlet", identifier: id.serial_number, model: id.part_number, revision: 0 },
});
