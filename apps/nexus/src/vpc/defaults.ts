/** What a new VPC comes with, besides its own identity. */

/** The subnet `default` of every VPC; VPCs do not share address space, so all have the same. */
export const DEFAULT_SUBNET_IPV4 = "172.30.0.0/22";

export interface FirewallRuleSpec {
  readonly name: string;
  readonly description: string;
  readonly status: "enabled" | "disabled";
  readonly direction: "inbound" | "outbound";
  readonly action: "allow" | "deny";
  readonly priority: number;
  readonly targets: readonly FirewallPeer[];
  readonly filters: FirewallFilters;
}

/** An instance, or a remote host, as rules name it: by what it is in, or by address. */
export interface FirewallPeer {
  readonly type: "vpc" | "subnet" | "instance" | "ip" | "ip_net";
  readonly value: string;
}

export interface FirewallFilters {
  readonly hosts?: readonly FirewallPeer[] | null | undefined;
  readonly ports?: readonly string[] | null | undefined;
  readonly protocols?: readonly FirewallProtocol[] | null | undefined;
}

export type FirewallProtocol =
  | { readonly type: "tcp" | "udp" }
  | {
      readonly type: "icmp" | "icmp6";
      readonly value: { readonly icmp_type: number; readonly code?: string | null | undefined } | null;
    };

/** Inbound traffic is refused unless a rule allows it; these allow what a newcomer expects. */
export function defaultFirewallRules(vpcName: string): FirewallRuleSpec[] {
  const whole = [{ type: "vpc", value: vpcName }] as const;
  const rule = { status: "enabled", direction: "inbound", action: "allow", priority: 65534, targets: whole } as const;
  return [
    {
      ...rule,
      name: "allow-internal-inbound",
      description: "allow inbound traffic to all instances within the VPC if originated within the VPC",
      filters: { hosts: whole, ports: null, protocols: null },
    },
    {
      ...rule,
      name: "allow-ssh",
      description: "allow inbound TCP connections on port 22 from anywhere",
      filters: { hosts: null, ports: ["22"], protocols: [{ type: "tcp" }] },
    },
    {
      ...rule,
      name: "allow-icmp",
      description: "allow inbound ICMP traffic from anywhere",
      filters: { hosts: null, ports: null, protocols: [{ type: "icmp", value: null }] },
    },
  ];
}
