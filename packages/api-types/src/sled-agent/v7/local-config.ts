/** Adds the multicast groups the VM starts as a member of. */
import { s, type Infer } from "@racklet/api-kit/schema";
import * as v1 from "../v1/local-config.ts";
import { NetworkInterface } from "../v1/network-interface.ts";

export const MulticastMembership = s.named(
  "InstanceMulticastMembership",
  s.object({ group_ip: s.ip(), sources: s.array(s.ip()) }),
  "A group, and the sources it is joined for; none means any.",
);
export type MulticastMembership = Infer<typeof MulticastMembership>;

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...v1.localConfigFields,
    ...v1.singleFamilyFields,
    firewall_rules: s.array(v1.FirewallRule),
    multicast_groups: s.array(MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v1.LocalConfig): LocalConfig => ({ ...config, multicast_groups: [] });
