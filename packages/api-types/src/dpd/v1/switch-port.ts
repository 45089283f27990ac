/** A switch port as a whole. */
import { s } from "@racklet/api-kit";
import { PortId } from "./port.ts";
import { Transceiver } from "./transceiver.ts";

export const ManagementMode = s.named(
  "ManagementMode",
  s.enum(["manual", "automatic"]),
  "Whether dpd or a client steers the module of a port.",
);

export const SwitchPort = s.named(
  "SwitchPort",
  s.object({ management_mode: s.optional(ManagementMode), port_id: PortId, transceiver: s.nullish(Transceiver) }),
  "A port of the switch.",
);
