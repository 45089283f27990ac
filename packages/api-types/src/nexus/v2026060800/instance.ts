/** A third CPU platform. */
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v2025112000 from "../v2025112000/instance.ts";
import * as v2026010800 from "../v2026010800/instance.ts";
import type * as v2026060500 from "../v2026060500/instance.ts";

export const InstanceCpuPlatform = s.named(
  "InstanceCpuPlatform",
  s.enum(["amd_milan", "amd_turin", "amd_turin_v2"]),
  "The least CPU the instance needs.",
);
export type InstanceCpuPlatform = Infer<typeof InstanceCpuPlatform>;

export const Instance = s.named(
  "Instance",
  s.object({
    ...v2025112000.instanceFields,
    cpu_platform: s.nullish(InstanceCpuPlatform),
    enable_jumbo_frames: s.boolean(),
  }),
  "A virtual machine.",
);
export type Instance = Infer<typeof Instance>;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({
    ...v2026010800.instanceCreateFields,
    cpu_platform: s.nullish(InstanceCpuPlatform),
    enable_jumbo_frames: s.optional(s.boolean(), false),
  }),
  "An instance to be made.",
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

export const InstanceUpdate = s.named(
  "InstanceUpdate",
  s.object({
    ...v2026010800.instanceUpdateFields,
    cpu_platform: s.nullable(InstanceCpuPlatform),
    enable_jumbo_frames: s.boolean(),
  }),
  "What of an instance is to change. `multicast_groups` that is null or absent stays as it is.",
);
export type InstanceUpdate = Infer<typeof InstanceUpdate>;

export const instanceCreateUp = (body: v2026060500.InstanceCreate): InstanceCreate => body;
export const instanceUpdateUp = (body: v2026060500.InstanceUpdate): InstanceUpdate => body;

// The older form has no word for the newer platform; the one before it is the nearest.
export const instanceDown = ({ cpu_platform, ...instance }: Instance): v2026060500.Instance => ({
  ...instance,
  cpu_platform: cpu_platform === "amd_turin_v2" ? "amd_turin" : cpu_platform,
});
