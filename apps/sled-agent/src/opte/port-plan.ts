/** What a new port is to be, worked out before anything is made. Pure. */
import { ipNetRange, nextIp, parseIpNet } from "@racklet/net";
import { invalid } from "../errors.ts";
import { subnetsFor } from "./attached-subnets.ts";
import { externalIpsIssue } from "./external-ips.ts";
import { portRulesFor, type FirewallRule } from "./firewall.ts";
import { routersOf, type Route } from "./routes.ts";
import type { AttachedSubnet, ExternalIps, FamilyPrivateIp, Gateway, Membership, Nic, Port } from "./types.ts";

/** Every OPTE gateway has this address. */
const GATEWAY_MAC = "A8:40:25:FF:77:77";

export interface PortRequest {
  /** Whose ports these are; a second request for the same owner is refused. */
  readonly owner: string;
  readonly nics: readonly Nic[];
  /** One for each interface, as in an earlier life of this process; undefined: new ones. */
  readonly names?: readonly string[] | undefined;
  readonly firewallRules?: readonly FirewallRule[] | undefined;
  /** These are given to the primary interface only. */
  readonly externalIps: ExternalIps;
  readonly attachedSubnets?: readonly AttachedSubnet[] | undefined;
  readonly memberships?: readonly Membership[] | undefined;
  readonly mtu?: number | undefined;
}

/** Throws `invalid` for what no port can be. */
export function planPort(nic: Nic, request: Omit<PortRequest, "owner" | "nics" | "names">): Omit<Port, "name"> {
  const { externalIps, attachedSubnets = [], memberships = [], mtu, firewallRules = [] } = request;
  const common = {
    nic,
    gateway: gatewayOf(nic),
    routers: routersOf(nic),
    firewallRules: portRulesFor(nic, firewallRules),
  };
  if (!nic.isPrimary) return { ...common, externalIps: {}, attachedSubnets: [], memberships: [], mtu: undefined };
  const issue = externalIpsIssue(externalIps, nic.ips);
  if (issue !== null) throw invalid(issue);
  return { ...common, externalIps, attachedSubnets: subnetsFor(nic.ips, attachedSubnets), memberships, mtu };
}

/** An interface has one port, whoever asks. */
export const nicKey = ({ id, kind }: Pick<Nic, "id" | "kind">): string => `${id} ${kind.type} ${kind.id}`;

/** What a router starts with that this interface is the first to use. Only services get out without being told how. */
export function initialRoutes({ kind }: Nic): readonly Route[] {
  if (kind.type !== "service") return [];
  return ["0.0.0.0/0", "::/0"].map((dest) => ({ dest, target: { type: "systemInternetGateway" } }));
}

function gatewayOf({ ips: { v4, v6 } }: Nic): Gateway {
  return { mac: GATEWAY_MAC, v4: v4 && firstUsable(v4), v6: v6 && firstUsable(v6) };
}

/** The gateway has the first address after that of the subnet itself. */
function firstUsable({ subnet }: FamilyPrivateIp): string {
  const net = parseIpNet(subnet);
  const first = net === null ? null : nextIp(ipNetRange(net).first);
  if (first === null) throw invalid(`${subnet} has no address for a gateway`);
  return first;
}
