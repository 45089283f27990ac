/** What dpd says about itself and the switch it runs. */
import { s, type Infer } from "@racklet/api-kit";

/** The rust-only fields of upstream's build say what stands in their place here. */
export const BuildInfo = s.named(
  "BuildInfo",
  s.object({
    version: s.string(),
    git_sha: s.string(),
    git_commit_timestamp: s.string(),
    git_branch: s.string(),
    rustc_semver: s.string(),
    rustc_channel: s.string(),
    rustc_host_triple: s.string(),
    rustc_commit_sha: s.string(),
    cargo_triple: s.string(),
    debug: s.boolean(),
    opt_level: s.u8(),
    sde_commit_sha: s.string(),
  }),
  "How this dpd was built.",
);
export type BuildInfo = Infer<typeof BuildInfo>;

const oneCharacter = s.string({ minLength: 1, maxLength: 1 });

export const switchIdentifierFields = {
  sidecar_id: s.described("Identifies the switch chip.", s.uuid()),
  asic_backend: s.described("The kind of ASIC that dpd programs.", s.string()),
  model: s.described("Model number of the switch.", s.string()),
  revision: s.described("Revision of the model.", s.u32()),
  serial: s.described("Serial number of the switch.", s.string()),
  slot: s.described("Slot of the switch in the rack.", s.u16()),
  fab: s.nullish(s.described("Plant the chip was made in.", oneCharacter)),
  lot: s.nullish(s.described("Lot the chip belongs to.", oneCharacter)),
  wafer: s.nullish(s.described("Wafer within the lot.", s.u8())),
  wafer_loc: s.nullish(s.described("Place on the wafer, x and y.", s.array(s.i16(), { minItems: 2, maxItems: 2 }))),
};

export const SwitchIdentifiers = s.named(
  "SwitchIdentifiers",
  s.object(switchIdentifierFields),
  "What identifies a switch and its chip.",
);
export type SwitchIdentifiers = Infer<typeof SwitchIdentifiers>;
