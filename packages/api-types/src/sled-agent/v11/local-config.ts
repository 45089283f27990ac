/** External addresses of both families. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { localConfigFields } from "../v1/local-config.ts";
import { MulticastMembership } from "../v7/local-config.ts";
import { DelegatedZvol } from "../v9/local-config.ts";
import * as v10 from "../v10/local-config.ts";
import { NetworkInterface } from "../v10/network-interface.ts";
import { ExternalIpConfig, externalIpsUp } from "./external-ips.ts";

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...localConfigFields,
    delegated_zvols: s.array(DelegatedZvol),
    external_ips: s.nullish(ExternalIpConfig),
    firewall_rules: s.array(v10.FirewallRule),
    multicast_groups: s.array(MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export function up(config: v10.LocalConfig): LocalConfig {
  const { ephemeral_ip, floating_ips, source_nat, ...rest } = config;
  return { ...rest, external_ips: externalIpsUp({ ephemeral_ip, floating_ips, source_nat }) };
}
