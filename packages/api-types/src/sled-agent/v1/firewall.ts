/** Firewall rules as Nexus resolves them for a sled. */
import { s, type Infer, type Schema } from "@racklet/api-kit/schema";
import { IpNet, Vni } from "../../common/network.ts";

const HostIdentifier = s.named(
  "HostIdentifier",
  s.oneOf([s.object({ type: s.literal("ip"), value: IpNet }), s.object({ type: s.literal("vpc"), value: Vni })]),
  "A host or network, or a whole VPC by its VNI.",
);

const IcmpFilter = s.named(
  "VpcFirewallIcmpFilter",
  s.object({
    code: s.nullish(
      s.named("IcmpParamRange", s.string({ pattern: "^[0-9]{1,3}(-[0-9]{1,3})?$", minLength: 1, maxLength: 7 })),
    ),
    icmp_type: s.u8(),
  }),
);

const L4PortRange = s.named(
  "L4PortRange",
  s.string({ pattern: "^[0-9]{1,5}(-[0-9]{1,5})?$", minLength: 1, maxLength: 11 }),
  "A port, or an inclusive range of ports.",
);

const icmp = <const T extends string>(type: T) => s.object({ type: s.literal(type), value: s.nullable(IcmpFilter) });
const firstProtocols = [
  s.object({ type: s.literal("tcp") }),
  s.object({ type: s.literal("udp") }),
  icmp("icmp"),
] as const;

export const Protocol = s.named("VpcFirewallRuleProtocol", s.oneOf(firstProtocols));
/** From version 31 on. */
export const ProtocolWithIcmp6 = s.named("VpcFirewallRuleProtocol", s.oneOf([...firstProtocols, icmp("icmp6")]));

/** A rule for one version's interfaces and protocols. */
export const firewallRuleOf = <N, P>(nic: Schema<N>, protocol: Schema<P>) =>
  s.named(
    "ResolvedVpcFirewallRule",
    s.object({
      action: s.named("VpcFirewallRuleAction", s.enum(["allow", "deny"])),
      direction: s.named("VpcFirewallRuleDirection", s.enum(["inbound", "outbound"])),
      filter_hosts: s.nullish(s.array(HostIdentifier, { uniqueItems: true })),
      filter_ports: s.nullish(s.array(L4PortRange)),
      filter_protocols: s.nullish(s.array(protocol)),
      priority: s.u16(),
      status: s.named("VpcFirewallRuleStatus", s.enum(["disabled", "enabled"])),
      targets: s.array(nic),
    }),
    "A firewall rule with every name in it resolved.",
  );
export type FirewallRuleOf<N, P> = Infer<ReturnType<typeof firewallRuleOf<N, P>>>;

/** All the rules of a VPC, for one version's rules. */
export const firewallEnsureBodyOf = <R>(rule: Schema<R>) =>
  s.named(
    "VpcFirewallRulesEnsureBody",
    s.object({ rules: s.array(rule), vni: Vni }),
    "The rules that replace those of every port in the VPC of this VNI.",
  );
export type FirewallEnsureBodyOf<R> = Infer<ReturnType<typeof firewallEnsureBodyOf<R>>>;
