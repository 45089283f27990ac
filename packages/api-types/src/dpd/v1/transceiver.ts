/** Modules in the front ports. No backend of ours has any: the operations say so. */
import { s } from "@racklet/api-kit";

export const FaultReason = s.named(
  "FaultReason",
  s.enum(["failed", "power_timeout", "power_lost", "disabled_by_sp"]),
  "Why a module is out of service.",
);

export const ElectricalMode = s.named("ElectricalMode", s.enum(["Single"]), "How the lanes of a module are wired.");

export const PowerState = s.named("PowerState", s.enum(["off", "low", "high"]), "How much power a module may draw.");

export const PowerMode = s.named(
  "PowerMode",
  s.object({ software_override: s.nullish(s.boolean()), state: PowerState }),
  "The power of a module and who decides about it.",
);

export const Oui = s.named("Oui", s.array(s.u8(), { minItems: 3, maxItems: 3 }), "The vendor's organisation number.");

export const Vendor = s.named(
  "Vendor",
  s.object({
    date: s.nullish(s.string()),
    name: s.string(),
    oui: Oui,
    part: s.string(),
    revision: s.string(),
    serial: s.string(),
  }),
  "Who made a module.",
);

export const VendorInfo = s.named(
  "VendorInfo",
  s.object({ identifier: s.string(), vendor: Vendor }),
  "What a module is and who made it.",
);

export const TransceiverInfo = s.named(
  "TransceiverInfo",
  s.object({
    electrical_mode: ElectricalMode,
    in_reset: s.nullish(s.boolean()),
    interrupt_pending: s.nullish(s.boolean()),
    power_mode: s.nullish(PowerMode),
    vendor_info: s.nullish(VendorInfo),
  }),
  "A module that dpd can steer.",
);

export const Transceiver = s.named(
  "Transceiver",
  s.oneOf([
    s.object({ info: FaultReason, state: s.literal("faulted") }),
    s.object({ state: s.literal("unsupported") }),
    s.object({ info: TransceiverInfo, state: s.literal("supported") }),
  ]),
  "A module in a front port.",
);

export const Aux1Monitor = s.named(
  "Aux1Monitor",
  s.oneOf([s.closed({ custom: s.array(s.u8(), { minItems: 2, maxItems: 2 }) }), s.closed({ tec_current: s.float() })]),
  "First auxiliary reading.",
);

export const Aux2Monitor = s.named(
  "Aux2Monitor",
  s.oneOf([s.closed({ laser_temperature: s.float() }), s.closed({ tec_current: s.float() })]),
  "Second auxiliary reading.",
);

export const Aux3Monitor = s.named(
  "Aux3Monitor",
  s.oneOf([s.closed({ laser_temperature: s.float() }), s.closed({ additional_supply_voltage: s.float() })]),
  "Third auxiliary reading.",
);

export const AuxMonitors = s.named(
  "AuxMonitors",
  s.object({
    aux1: s.nullish(Aux1Monitor),
    aux2: s.nullish(Aux2Monitor),
    aux3: s.nullish(Aux3Monitor),
    custom: s.nullish(s.array(s.u8(), { minItems: 2, maxItems: 2 })),
  }),
  "Auxiliary readings of a module.",
);

export const ReceiverPower = s.named(
  "ReceiverPower",
  s.oneOf([s.closed({ average: s.float() }), s.closed({ peak_to_peak: s.float() })]),
  "Light received, in milliwatts.",
);

export const Monitors = s.named(
  "Monitors",
  s.object({
    aux_monitors: s.nullish(AuxMonitors),
    receiver_power: s.nullish(s.array(ReceiverPower)),
    supply_voltage: s.nullish(s.float()),
    temperature: s.nullish(s.float()),
    transmitter_bias_current: s.nullish(s.array(s.float())),
    transmitter_power: s.nullish(s.array(s.float())),
  }),
  "Readings of a module.",
);

export const Transceivers = s.map(Transceiver);
