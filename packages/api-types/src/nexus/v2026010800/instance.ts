/** Multicast groups are joined with sources, and named by id, name or address. */
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v2025112000 from "../v2025112000/instance.ts";
import * as v2026010300 from "../v2026010300/instance.ts";
import * as v2026010500 from "../v2026010500/instance.ts";
import { MulticastGroupJoinSpec } from "./multicast.ts";

/** A create request but for CPU platform and jumbo frames, which changed later. */
export const instanceCreateFields = {
  ...v2025112000.instanceCreateFields,
  external_ips: s.optional(s.array(v2026010500.ExternalIpCreate), []),
  multicast_groups: s.optional(s.array(MulticastGroupJoinSpec), []),
  network_interfaces: s.optional(v2026010300.InstanceNetworkInterfaceAttachment, { type: "default_dual_stack" }),
} as const;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({ ...instanceCreateFields, cpu_platform: s.nullish(v2025112000.InstanceCpuPlatform) }),
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

export const instanceUpdateFields = {
  ...v2025112000.instanceUpdateFields,
  multicast_groups: s.nullish(s.array(MulticastGroupJoinSpec)),
} as const;

export const InstanceUpdate = s.named(
  "InstanceUpdate",
  s.object({ ...instanceUpdateFields, cpu_platform: s.nullable(v2025112000.InstanceCpuPlatform) }),
);
export type InstanceUpdate = Infer<typeof InstanceUpdate>;

const joinUp = (group: string): MulticastGroupJoinSpec => ({ group, ip_version: null, source_ips: null });

export const instanceCreateUp = (body: v2026010500.InstanceCreate): InstanceCreate => ({
  ...body,
  multicast_groups: body.multicast_groups?.map(joinUp),
});

export const instanceUpdateUp = (body: v2025112000.InstanceUpdate): InstanceUpdate => ({
  ...body,
  multicast_groups: body.multicast_groups?.map(joinUp) ?? null,
});
