/** Firewall rules may name ICMPv6. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { ProtocolWithIcmp6, firewallRuleOf } from "../v1/firewall.ts";
import { localConfigFields } from "../v1/local-config.ts";
import { MulticastMembership } from "../v7/local-config.ts";
import { NetworkInterface } from "../v10/network-interface.ts";
import { ExternalIpConfig } from "../v11/external-ips.ts";
import { DelegatedZvol } from "../v17/local-config.ts";
import * as v18 from "../v18/local-config.ts";

export const FirewallRule = firewallRuleOf(NetworkInterface, ProtocolWithIcmp6);
export type FirewallRule = Infer<typeof FirewallRule>;

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...localConfigFields,
    attached_subnets: s.array(v18.AttachedSubnet),
    delegated_zvols: s.array(DelegatedZvol),
    external_ips: s.nullish(ExternalIpConfig),
    firewall_rules: s.array(FirewallRule),
    multicast_groups: s.array(MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v18.LocalConfig): LocalConfig => config;
