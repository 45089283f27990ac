/** What OPTE, the packet engine of a sled, is told about VMs. */
import type { PortRange } from "@racklet/net";
import type { PortRouter } from "./routes.ts";

export interface FamilyPrivateIp {
  readonly ip: string;
  readonly subnet: string;
  /** Further networks it may send from and receive for. */
  readonly transitIps: readonly string[];
}

/** At least one family. */
export interface PrivateIps {
  readonly v4?: FamilyPrivateIp | undefined;
  readonly v6?: FamilyPrivateIp | undefined;
}

export interface Nic {
  readonly id: string;
  readonly kind: { readonly type: "instance" | "service" | "probe"; readonly id: string };
  readonly name: string;
  readonly ips: PrivateIps;
  readonly mac: string;
  readonly vni: number;
  readonly isPrimary: boolean;
  readonly slot: number;
}

export interface SourceNat {
  readonly ip: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

export interface FamilyExternalIps {
  readonly sourceNat: SourceNat | undefined;
  readonly ephemeral: string | undefined;
  /** Each once, in the order they came. */
  readonly floating: readonly string[];
}

/** Absent: no address of that family. */
export interface ExternalIps {
  readonly v4?: FamilyExternalIps | undefined;
  readonly v6?: FamilyExternalIps | undefined;
}

export type Family = "v4" | "v6";
export const FAMILIES: readonly Family[] = ["v4", "v6"];

export interface Gateway {
  readonly mac: string;
  readonly v4?: string | undefined;
  readonly v6?: string | undefined;
}

/** Subnets whose traffic a port may send and receive as it were its own. */
export interface AttachedSubnet {
  /** In canonical text. */
  readonly subnet: string;
  readonly kind: "vpc" | "external";
}

/** Of a multicast group. */
export interface Membership {
  readonly group: string;
  /** Each once, in order of address; none: any source. */
  readonly sources: readonly string[];
}

export interface SourceFilter {
  readonly mode: "include" | "exclude";
  /** Each once, in order of address. */
  readonly sources: readonly string[];
}

export interface Port {
  /** `opte<N>`; N is never used again. */
  readonly name: string;
  readonly nic: Nic;
  readonly gateway: Gateway;
  readonly externalIps: ExternalIps;
  /** Those that concern this port, expanded. */
  readonly firewallRules: readonly PortRule[];
  /** Of the families that the interface has. */
  readonly attachedSubnets: readonly AttachedSubnet[];
  /** By group; only a primary interface has any. */
  readonly memberships: readonly Membership[];
  /** Whose routes it has, and in which of its tables. */
  readonly routers: readonly PortRouter[];
  /** Bytes; undefined leaves OPTE's default. */
  readonly mtu: number | undefined;
}

/** One rule for one protocol and one host, as a port applies it. */
export interface PortRule {
  readonly direction: "inbound" | "outbound";
  readonly action: "allow" | "deny";
  readonly priority: number;
  readonly protocol: RuleProtocol;
  readonly host: RuleHost;
  /** Undefined: any port. */
  readonly ports: readonly PortRange[] | undefined;
}

export type RuleProtocol =
  | { readonly type: "any" | "tcp" | "udp" }
  | { readonly type: "icmp" | "icmp6"; readonly icmpType?: number | undefined; readonly codes?: PortRange | undefined };

export type RuleHost =
  | { readonly type: "any" }
  | { readonly type: "ip" | "subnet"; readonly value: string }
  | { readonly type: "vni"; readonly value: number };
