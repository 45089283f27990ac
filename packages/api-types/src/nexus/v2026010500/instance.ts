/** How the pool of an address is chosen becomes one explicit choice. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { NameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/instance.ts";
import type * as v2025122300 from "../v2025122300/instance.ts";
import * as v2026010300 from "../v2026010300/instance.ts";
import { PoolSelector, poolSelectorUp } from "./pool-selector.ts";

const ephemeral = {
  pool_selector: s.optional(PoolSelector, { type: "auto", ip_version: null }),
} as const;
export const EphemeralIpCreate = s.named("EphemeralIpCreate", s.object(ephemeral));
export type EphemeralIpCreate = Infer<typeof EphemeralIpCreate>;

export const ExternalIpCreate = s.named(
  "ExternalIpCreate",
  s.oneOf([s.object({ ...ephemeral, type: s.literal("ephemeral") }), v2025112000.FloatingIpChoice]),
  "An external IP for an instance: a new ephemeral one, or a floating one that exists.",
);
export type ExternalIpCreate = Infer<typeof ExternalIpCreate>;

export const InstanceCreate = s.named(
  "InstanceCreate",
  s.object({
    ...v2025112000.instanceCreateFields,
    cpu_platform: s.nullish(v2025112000.InstanceCpuPlatform),
    external_ips: s.optional(s.array(ExternalIpCreate), []),
    multicast_groups: s.optional(s.array(NameOrId), []),
    network_interfaces: s.optional(v2026010300.InstanceNetworkInterfaceAttachment, { type: "default_dual_stack" }),
  }),
);
export type InstanceCreate = Infer<typeof InstanceCreate>;

export function ephemeralIpCreateUp({ pool, ip_version }: v2025122300.EphemeralIpCreate): EphemeralIpCreate {
  return { pool_selector: poolSelectorUp(pool, ip_version) };
}

const externalIpUp = (choice: v2025122300.ExternalIpCreate): ExternalIpCreate =>
  choice.type === "floating" ? choice : { type: "ephemeral", ...ephemeralIpCreateUp(choice) };

export const instanceCreateUp = (body: v2026010300.InstanceCreate): InstanceCreate => ({
  ...body,
  external_ips: body.external_ips?.map(externalIpUp),
});
