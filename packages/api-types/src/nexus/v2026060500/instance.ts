/** Jumbo frames can be switched on per instance. */
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v2025112000 from "../v2025112000/instance.ts";
import * as v2026010800 from "../v2026010800/instance.ts";

export const Instance = s.named(
  "Instance",
  s.object({
    ...v2025112000.instanceFields,
    cpu_platform: s.nullish(v2025112000.InstanceCpuPlatform),
    enable_jumbo_frames: s.boolean(),
  }),
  "A virtual machine.",
);
export type Instance = Infer<typeof Instance>;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({
    ...v2026010800.instanceCreateFields,
    cpu_platform: s.nullish(v2025112000.InstanceCpuPlatform),
    enable_jumbo_frames: s.optional(s.boolean(), false),
  }),
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

export const InstanceUpdate = s.named(
  "InstanceUpdate",
  s.object({
    ...v2026010800.instanceUpdateFields,
    cpu_platform: s.nullable(v2025112000.InstanceCpuPlatform),
    enable_jumbo_frames: s.boolean(),
  }),
);
export type InstanceUpdate = Infer<typeof InstanceUpdate>;

/** An update by someone who does not know of jumbo frames leaves them as they are. */
export type InstanceUpdateKeepingFrames = Omit<InstanceUpdate, "enable_jumbo_frames"> & {
  enable_jumbo_frames: boolean | undefined;
};

export const instanceCreateUp = (body: v2026010800.InstanceCreate): InstanceCreate => body;
export const instanceUpdateUp = (body: v2026010800.InstanceUpdate): InstanceUpdateKeepingFrames => ({
  ...body,
  enable_jumbo_frames: undefined,
});

export function instanceDown({ enable_jumbo_frames: _, ...instance }: Instance): v2025112000.Instance {
  return instance;
}
