/** Adds volumes handed to the VM's zone. */
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v1 from "../v1/local-config.ts";
import { NetworkInterface } from "../v1/network-interface.ts";
import * as v7 from "../v7/local-config.ts";

/** A volume of one kind. */
export const zvolOf = <const T extends string>(type: T) =>
  s.object({ dataset_id: s.uuid(), type: s.literal(type), zpool_id: s.uuid() });

export const DelegatedZvol = s.named("DelegatedZvol", s.oneOf([zvolOf("local_storage")]));

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...v1.localConfigFields,
    ...v1.singleFamilyFields,
    delegated_zvols: s.array(DelegatedZvol),
    firewall_rules: s.array(v1.FirewallRule),
    multicast_groups: s.array(v7.MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v7.LocalConfig): LocalConfig => ({ ...config, delegated_zvols: [] });
