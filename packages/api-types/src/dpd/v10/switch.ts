/** Version 10 adds the chip's lot number and fuses to the switch identifiers. */
import { s, type Infer } from "@racklet/api-kit";
import { switchIdentifierFields, type SwitchIdentifiers as V1SwitchIdentifiers } from "../v1/switch.ts";

const oneCharacter = s.string({ minLength: 1, maxLength: 1 });

export const ChipRevision = s.named(
  "ChipRevision",
  s.object({ device_id: s.u16(), rev_num: s.u8(), rev: s.described('For example "B1".', s.string()) }),
  "Revision of the chip.",
);

export const DisabledFeatures = s.named(
  "DisabledFeatures",
  s.object({
    bsync: s.boolean(),
    mau: s.described(
      "Disabled match-action units, 21 bits for each pipe.",
      s.array(s.u32(), { minItems: 4, maxItems: 4 }),
    ),
    pgen: s.boolean(),
    pipes: s.u8(),
    ports: s.u64(),
    resub: s.boolean(),
    speeds: s.u64(),
    tm_mem: s.u32(),
  }),
  "What the fuses switch off.",
);

export const FrequencySettings = s.named(
  "FrequencySettings",
  s.object({
    bps: s.u8(),
    bps_ext: s.u8(),
    cpu_speed_dis: s.u8(),
    disabled: s.boolean(),
    pcie_dis: s.u8(),
    pps: s.u8(),
    pps_ext: s.u8(),
  }),
  "Clock settings in the fuses.",
);

export const ManufacturingData = s.named(
  "ManufacturingData",
  s.object({
    core_repair: s.boolean(),
    die_rotation: s.boolean(),
    pmro_and_skew: s.u16(),
    silent_spin: s.u8(),
    soft_pipe_dis: s.u8(),
    tile_repair: s.boolean(),
    voltage_scaling: s.u16(),
    wf_core_repair: s.boolean(),
  }),
  "What was recorded about the chip when it was made.",
);

export const PartInfo = s.named(
  "PartInfo",
  s.object({ part_num: s.u16(), pkg_id: s.u8(), version: s.u8() }),
  "Part number of the chip.",
);

export const FuseData = s.named(
  "FuseData",
  s.object({
    chip_rev: ChipRevision,
    disabled: DisabledFeatures,
    frequency: FrequencySettings,
    manufacturing: ManufacturingData,
    part: PartInfo,
  }),
  "The fuses of a switch chip.",
);

export const SwitchIdentifiers = s.named(
  "SwitchIdentifiers",
  s.object({
    ...switchIdentifierFields,
    lotnum: s.nullish(s.described("Number within the lot.", s.array(oneCharacter, { minItems: 4, maxItems: 4 }))),
    fuse: s.nullish(s.described("Absent for a chip without fuses.", FuseData)),
  }),
  "What identifies a switch and its chip.",
);
export type SwitchIdentifiers = Infer<typeof SwitchIdentifiers>;

export function downSwitchIdentifiers({ lotnum: _, fuse: __, ...older }: SwitchIdentifiers): V1SwitchIdentifiers {
  return older;
}
