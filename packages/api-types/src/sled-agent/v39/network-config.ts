/** The NAT entries of the rack's services have a generation of their own. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { RackNetworkConfig, ServiceZoneNatEntry } from "../v33/network-config.ts";

export const WriteNetworkConfigRequest = s.named(
  "WriteNetworkConfigRequest",
  s.object({
    body: s.named(
      "SystemNetworkingConfig",
      s.object({
        blueprint_external_networking_config: s.nullish(
          s.named(
            "BlueprintExternalNetworkingConfig",
            s.object({
              blueprint_external_networking_generation: s.u64(),
              service_zone_nat_entries: s.array(ServiceZoneNatEntry),
            }),
          ),
        ),
        rack_network_config: RackNetworkConfig,
      }),
    ),
    generation: s.u64(),
  }),
);
export type WriteNetworkConfigRequest = Infer<typeof WriteNetworkConfigRequest>;
