/** Adds subnets attached to the VM. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { IpNet } from "../../common/network.ts";
import { localConfigFields } from "../v1/local-config.ts";
import { MulticastMembership } from "../v7/local-config.ts";
import { FirewallRule } from "../v10/local-config.ts";
import { NetworkInterface } from "../v10/network-interface.ts";
import { ExternalIpConfig } from "../v11/external-ips.ts";
import * as v17 from "../v17/local-config.ts";

export const AttachedSubnet = s.named(
  "AttachedSubnet",
  s.object({ kind: s.named("AttachedSubnetKind", s.enum(["vpc", "external"])), subnet: IpNet }),
);
export type AttachedSubnet = Infer<typeof AttachedSubnet>;

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...localConfigFields,
    attached_subnets: s.array(AttachedSubnet),
    delegated_zvols: s.array(v17.DelegatedZvol),
    external_ips: s.nullish(ExternalIpConfig),
    firewall_rules: s.array(FirewallRule),
    multicast_groups: s.array(MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v17.LocalConfig): LocalConfig => ({ ...config, attached_subnets: [] });
