/** Firewall rules of a VPC, and what they come to at one port. Pure. */
import { parseIpNet, type PortRange } from "@racklet/net";
import { SledAgentError } from "../errors.ts";
import type { Nic, PortRule, RuleHost, RuleProtocol } from "./types.ts";

export interface FirewallRule {
  readonly isEnabled: boolean;
  readonly direction: PortRule["direction"];
  readonly action: PortRule["action"];
  readonly priority: number;
  /** The interfaces it is for; none: every one in the VPC. */
  readonly targets: readonly Pick<Nic, "vni" | "mac">[];
  /** None: any. */
  readonly hosts: readonly RuleHost[];
  /** None: any. Of TCP and UDP only. */
  readonly ports: readonly PortRange[];
  /** None: any. */
  readonly protocols: readonly RuleProtocol[];
}

/** Of one port, after expansion: more would be a mistake, and hold up every other request. */
export const MAX_PORT_RULES = 16_384;

const ANY: { readonly type: "any" } = { type: "any" };

/** Each rule that concerns the interface, once for every protocol with every host. Throws `insufficientCapacity`. */
export function portRulesFor(nic: Pick<Nic, "vni" | "mac">, rules: readonly FirewallRule[]): PortRule[] {
  const concerned = rules.filter((rule) => rule.isEnabled && isTarget(nic, rule.targets));
  const count = concerned.reduce((sum, rule) => sum + (rule.protocols.length || 1) * (rule.hosts.length || 1), 0);
  if (count > MAX_PORT_RULES) {
    throw new SledAgentError(
      "insufficientCapacity",
      `the firewall rules come to ${count} at one port, at most ${MAX_PORT_RULES} fit`,
    );
  }
  return concerned.flatMap(expand);
}

function isTarget({ vni, mac }: Pick<Nic, "vni" | "mac">, targets: FirewallRule["targets"]): boolean {
  return targets.length === 0 || targets.some((target) => target.vni === vni && target.mac === mac);
}

function expand({ direction, action, priority, hosts, ports, protocols }: FirewallRule): PortRule[] {
  const rest = { direction, action, priority };
  return orAny<RuleProtocol>(protocols).flatMap((protocol) =>
    orAny<RuleHost>(hosts).map((host) => ({
      ...rest,
      protocol,
      host,
      ports: (protocol.type === "tcp" || protocol.type === "udp") && ports.length > 0 ? ports : undefined,
    })),
  );
}

const orAny = <T>(filters: readonly T[]): readonly (T | { readonly type: "any" })[] =>
  filters.length === 0 ? [ANY] : filters;

/** A network of one address is that address. Null for what is no network. */
export function hostOfNet(text: string): RuleHost | null {
  const net = parseIpNet(text);
  if (net === null) return null;
  const isOne = net.length === (net.address.includes(":") ? 128 : 32);
  return isOne ? { type: "ip", value: net.address } : { type: "subnet", value: `${net.address}/${net.length}` };
}
