/** Interfaces become dual-stack; external addresses are still of one family. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { Protocol, firewallRuleOf } from "../v1/firewall.ts";
import { localConfigFields, singleFamilyFields } from "../v1/local-config.ts";
import { MulticastMembership } from "../v7/local-config.ts";
import * as v9 from "../v9/local-config.ts";
import { NetworkInterface, interfaceUp } from "./network-interface.ts";

export const FirewallRule = firewallRuleOf(NetworkInterface, Protocol);

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...localConfigFields,
    ...singleFamilyFields,
    delegated_zvols: s.array(v9.DelegatedZvol),
    firewall_rules: s.array(FirewallRule),
    multicast_groups: s.array(MulticastMembership),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;

export const up = (config: v9.LocalConfig): LocalConfig => ({
  ...config,
  firewall_rules: config.firewall_rules.map((rule) => ({ ...rule, targets: rule.targets.map(interfaceUp) })),
  nics: config.nics.map(interfaceUp),
});
