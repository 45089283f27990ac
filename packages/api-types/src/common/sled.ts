/** What a sled is: its role, processor family and identity. */
import { s, type Infer } from "@racklet/api-kit/schema";

export const SledRole = s.named(
  "SledRole",
  s.enum(["gimlet", "scrimlet"]),
  "A scrimlet is attached to a network switch and has additional responsibilities; a gimlet is not.",
);
export type SledRole = Infer<typeof SledRole>;

export const SledCpuFamily = s.named(
  "SledCpuFamily",
  s.enum(["unknown", "amd_milan", "amd_turin", "amd_turin_dense"]),
  "The family of the sled's processors.",
);
export type SledCpuFamily = Infer<typeof SledCpuFamily>;
