/** How the rear ports are cabled to the sleds. */
import { s } from "@racklet/api-kit";

export const SidecarConnector = s.named("SidecarConnector", s.u8(), "A cable connector at the back of the switch.");
export const SidecarCableLeg = s.named("SidecarCableLeg", s.enum(["A", "C"]), "Leg of a cable at the switch.");
export const BackplaneCableLeg = s.named(
  "BackplaneCableLeg",
  s.enum(["A", "B", "C", "D"]),
  "Leg of a cable at the backplane.",
);

export const BackplaneLink = s.named(
  "BackplaneLink",
  s.object({
    tofino_connector: s.u8(),
    sidecar_connector: SidecarConnector,
    sidecar_leg: SidecarCableLeg,
    backplane_leg: BackplaneCableLeg,
    cubby: s.described("The slot of the rack at the other end.", s.u8()),
  }),
  "The way of a rear port to its sled.",
);
export const BackplaneMap = s.map(BackplaneLink);
