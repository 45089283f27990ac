/** Volumes are encrypted or not; those of before were. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { localConfigFields } from "../v1/local-config.ts";
import { MulticastMembership } from "../v7/local-config.ts";
import { zvolOf } from "../v9/local-config.ts";
import { FirewallRule } from "../v10/local-config.ts";
import { NetworkInterface } from "../v10/network-interface.ts";
import { ExternalIpConfig } from "../v11/external-ips.ts";
import type * as v11 from "../v11/local-config.ts";

export const DelegatedZvol = s.named(
  "DelegatedZvol",
  s.oneOf([zvolOf("local_storage_unencrypted"), zvolOf("local_storage_encrypted")]),
);

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...localConfigFields,
    delegated_zvols: s.array(DelegatedZvol),
    external_ips: s.nullish(ExternalIpConfig),
    firewall_rules: s.array(FirewallRule),
    multicast_groups: s.array(MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v11.LocalConfig): LocalConfig => ({
  ...config,
  delegated_zvols: config.delegated_zvols.map((zvol) => ({ ...zvol, type: "local_storage_encrypted" })),
});
