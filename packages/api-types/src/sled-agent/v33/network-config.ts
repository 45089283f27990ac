/** The rack's network configuration, with the NAT entries of the services of the rack itself. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { MacAddr, Vni } from "../../common/network.ts";

export const ServiceZoneNatEntry = s.named(
  "ServiceZoneNatEntry",
  s.object({
    kind: s.named(
      "ServiceZoneNatKind",
      s.oneOf([
        s.object({ external_ip: s.ip(), kind: s.literal("nexus") }),
        s.object({ external_ip: s.ip(), kind: s.literal("external_dns") }),
        s.object({
          kind: s.literal("boundary_ntp"),
          snat_cfg: s.named("ServiceZoneSnatConfig", s.object({ first_port: s.u16(), ip: s.ip(), last_port: s.u16() })),
        }),
      ]),
      "What the zone runs, and the address, or the part of one, that it has outside.",
    ),
    nic_mac: MacAddr,
    sled_underlay_ip: s.ipv6(),
    vni: Vni,
    zone_id: s.uuid(),
  }),
  "A zone with a service of the rack that is reached from outside.",
);
export type ServiceZoneNatEntry = Infer<typeof ServiceZoneNatEntry>;

/** Ports, BGP and more: kept as it comes, since nothing here acts on it. */
export const RackNetworkConfig = s.named("RackNetworkConfig", s.any());

export const WriteNetworkConfigRequest = s.named(
  "WriteNetworkConfigRequest",
  s.object({
    body: s.named(
      "SystemNetworkingConfig",
      s.object({
        rack_network_config: RackNetworkConfig,
        service_zone_nat_entries: s.nullish(s.array(ServiceZoneNatEntry)),
      }),
    ),
    generation: s.u64(),
  }),
);
export type WriteNetworkConfigRequest = Infer<typeof WriteNetworkConfigRequest>;
