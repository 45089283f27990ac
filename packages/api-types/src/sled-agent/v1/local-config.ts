/** What a sled sets up for a VMM beside its virtual hardware, as it first was. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { Protocol, firewallRuleOf } from "./firewall.ts";
import { NetworkInterface } from "./network-interface.ts";

export const Hostname = s.named(
  "Hostname",
  s.string({
    pattern: "^([a-zA-Z0-9]+[a-zA-Z0-9\\-]*(?<!-))(\\.[a-zA-Z0-9]+[a-zA-Z0-9\\-]*(?<!-))*$",
    minLength: 1,
    maxLength: 253,
  }),
  "Labels of letters, digits and dashes between dots; no label begins or ends with a dash.",
);

export const DhcpConfig = s.named(
  "DhcpConfig",
  s.object({
    dns_servers: s.array(s.ip()),
    host_domain: s.nullish(s.string()),
    search_domains: s.array(s.string()),
  }),
  "What the port's DHCP tells the guest.",
);

export const SourceNatConfig = s.named(
  "SourceNatConfig",
  s.object({ first_port: s.u16(), ip: s.ip(), last_port: s.u16() }),
  "The address and the block of 16,384 ports for outbound connections.",
);

/** What no version changed. */
export const localConfigFields = { dhcp_config: DhcpConfig, hostname: Hostname };

/** Until version 10: addresses of one family. */
export const singleFamilyFields = {
  ephemeral_ip: s.nullish(s.ip()),
  floating_ips: s.array(s.ip()),
  source_nat: SourceNatConfig,
};

export const FirewallRule = firewallRuleOf(NetworkInterface, Protocol);

export const LocalConfig = s.named(
  "InstanceSledLocalConfig",
  s.object({
    ...localConfigFields,
    ...singleFamilyFields,
    firewall_rules: s.array(FirewallRule),
    nics: s.array(NetworkInterface),
  }),
);
export type LocalConfig = Infer<typeof LocalConfig>;
