/** The IP version of an ephemeral IP can be chosen. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpVersion, NameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/instance.ts";

const ephemeral = { ip_version: s.nullish(IpVersion), pool: s.nullish(NameOrId) } as const;
export const EphemeralIpCreate = s.named("EphemeralIpCreate", s.object(ephemeral));
export type EphemeralIpCreate = Infer<typeof EphemeralIpCreate>;

export const ExternalIpCreate = s.named(
  "ExternalIpCreate",
  s.oneOf([s.object({ ...ephemeral, type: s.literal("ephemeral") }), v2025112000.FloatingIpChoice]),
);
export type ExternalIpCreate = Infer<typeof ExternalIpCreate>;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({
    ...v2025112000.instanceCreateFields,
    cpu_platform: s.nullish(v2025112000.InstanceCpuPlatform),
    external_ips: s.optional(s.array(ExternalIpCreate), []),
    multicast_groups: s.optional(s.array(NameOrId), []),
    network_interfaces: s.optional(v2025112000.InstanceNetworkInterfaceAttachment, { type: "default" }),
  }),
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

// Both older forms are also valid new ones: the new field is optional.
export const ephemeralIpCreateUp = (body: v2025112000.EphemeralIpCreate): EphemeralIpCreate => body;
export const instanceCreateUp = (body: v2025112000.InstanceCreate): InstanceCreate => body;
