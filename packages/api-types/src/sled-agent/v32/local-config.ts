/** External addresses: either family, both or none; floating ones are a set. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { localConfigFields } from "../v1/local-config.ts";
import { MulticastMembership } from "../v7/local-config.ts";
import { NetworkInterface } from "../v10/network-interface.ts";
import { externalIpv4, externalIpv6, type FamilyConfig } from "../v11/external-ips.ts";
import type * as v11 from "../v11/external-ips.ts";
import { DelegatedZvol } from "../v17/local-config.ts";
import { AttachedSubnet } from "../v18/local-config.ts";
import * as v31 from "../v31/local-config.ts";

export const ExternalIpConfig = s.named(
  "ExternalIpConfig",
  s.object({ v4: s.nullish(externalIpv4(true)), v6: s.nullish(externalIpv6(true)) }),
);
export type ExternalIpConfig = Infer<typeof ExternalIpConfig>;

export const fields = {
  ...localConfigFields,
  attached_subnets: s.array(AttachedSubnet),
  delegated_zvols: s.array(DelegatedZvol),
  external_ips: ExternalIpConfig,
  firewall_rules: s.array(v31.FirewallRule),
  multicast_groups: s.array(MulticastMembership),
  nics: s.array(NetworkInterface),
};

export const LocalConfig = s.named("InstanceSledLocalConfig", s.object(fields));
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = ({ external_ips: externalIps, ...config }: v31.LocalConfig): LocalConfig => ({
  ...config,
  external_ips: externalIpsUp(externalIps),
});

function externalIpsUp(config: v11.ExternalIpConfig | null | undefined): ExternalIpConfig {
  switch (config?.type) {
    case undefined:
      return {};
    case "v4":
      return { v4: withSet(config.value) };
    case "v6":
      return { v6: withSet(config.value) };
    case "dual_stack":
      return { v4: withSet(config.value.v4), v6: withSet(config.value.v6) };
  }
}

const withSet = (config: FamilyConfig): FamilyConfig => ({
  ...config,
  floating_ips: [...new Set(config.floating_ips)],
});
