/** Racks, sleds, switches and what runs on a sled, as an operator sees them. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { ByteCount } from "../../common/network.ts";
import { Name } from "../common.ts";
import { InstanceState } from "./instance.ts";

const asset = {
  id: s.described("given once, never changed", s.uuid()),
  time_created: s.described("when it was first recorded", s.dateTime()),
  time_modified: s.described("when its record last changed", s.dateTime()),
} as const;

export const Baseboard = s.named(
  "Baseboard",
  s.object({ part: s.string(), revision: s.u32(), serial: s.string() }),
  "What identifies a piece of hardware",
);

export const Rack = s.named("Rack", s.object(asset), "View of a rack");
export type Rack = Infer<typeof Rack>;
export const RackResultsPage = resultsPageOf("Rack", Rack);

export const SledProvisionPolicy = s.named(
  "SledProvisionPolicy",
  s.enum(["provisionable", "non_provisionable"]),
  "Whether new resources may be placed on a sled",
);
export const SledPolicy = s.named(
  "SledPolicy",
  s.oneOf([
    s.object({ kind: s.literal("in_service"), provision_policy: SledProvisionPolicy }),
    s.object({ kind: s.literal("expunged") }),
  ]),
  "What the operator wants of a sled",
);
export type SledPolicy = Infer<typeof SledPolicy>;
export const SledState = s.named("SledState", s.enum(["active", "decommissioned"]), "The state of a sled");

/** Of every version; later ones add to them. */
export const sledFields = {
  ...asset,
  baseboard: Baseboard,
  policy: SledPolicy,
  rack_id: s.described("the rack the sled is in", s.uuid()),
  state: SledState,
  usable_hardware_threads: s.u32(),
  usable_physical_ram: ByteCount,
} as const;

export const Sled = s.named("Sled", s.object(sledFields), "A sled as operators see it");
export type Sled = Infer<typeof Sled>;
export const SledResultsPage = resultsPageOf("Sled", Sled);

export const Switch = s.named(
  "Switch",
  s.object({ ...asset, baseboard: Baseboard, rack_id: s.described("the rack the switch is in", s.uuid()) }),
  "A switch as operators see it",
);
export type Switch = Infer<typeof Switch>;
export const SwitchResultsPage = resultsPageOf("Switch", Switch);

export const SledInstance = s.named(
  "SledInstance",
  s.object({
    ...asset,
    active_sled_id: s.uuid(),
    memory: s.i64(),
    migration_id: s.nullish(s.uuid()),
    name: Name,
    ncpus: s.i64(),
    project_name: Name,
    silo_name: Name,
    state: InstanceState,
  }),
  "An operator's view of an instance on a sled",
);
export type SledInstance = Infer<typeof SledInstance>;
export const SledInstanceResultsPage = resultsPageOf("SledInstance", SledInstance);
