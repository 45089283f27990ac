/** Adds `smbios` to the specification; from here on unknown fields beside the known ones are ignored. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { Board } from "../v1/board.ts";
import * as v1 from "../v1/spec.ts";

export const SmbiosType1Input = s.named(
  "SmbiosType1Input",
  s.closed({
    manufacturer: s.string(),
    product_name: s.string(),
    serial_number: s.string(),
    version: s.u64(),
  }),
);

export const InstanceSpec = s.named(
  "InstanceSpec",
  s.object({ board: Board, components: s.map(v1.Component), smbios: s.nullish(SmbiosType1Input) }),
  "The virtual hardware of a VM.",
);
export type InstanceSpec = Infer<typeof InstanceSpec>;

export const specUpFromV1 = (spec: v1.InstanceSpec): InstanceSpec => ({ ...spec, smbios: null });

/** The first version has no way to say `smbios`. */
export const specDownToV1 = ({ board, components }: InstanceSpec): v1.InstanceSpec => ({ board, components });
