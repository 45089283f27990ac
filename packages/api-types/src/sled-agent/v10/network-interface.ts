/** Interfaces have an address of either family, or one of each. */
import { HttpError, s, type Infer } from "@racklet/api-kit";
import { ipVersion } from "@racklet/net";
import { Ipv4Net, Ipv6Net } from "../../common/network.ts";
import { privateIpIssue } from "../rules.ts";
import { interfaceFields } from "../v1/network-interface.ts";
import type * as v1 from "../v1/network-interface.ts";

export const PrivateIpv4Config = s.named(
  "PrivateIpv4Config",
  s.object({ ip: s.ipv4(), subnet: Ipv4Net, transit_ips: s.optional(s.array(Ipv4Net), []) }),
);
export const PrivateIpv6Config = s.named(
  "PrivateIpv6Config",
  s.object({ ip: s.ipv6(), subnet: Ipv6Net, transit_ips: s.array(Ipv6Net) }),
);

export const PrivateIpConfig = s.named(
  "PrivateIpConfig",
  s.oneOf([
    s.object({ type: s.literal("v4"), value: PrivateIpv4Config }),
    s.object({ type: s.literal("v6"), value: PrivateIpv6Config }),
    s.object({ type: s.literal("dual_stack"), value: s.object({ v4: PrivateIpv4Config, v6: PrivateIpv6Config }) }),
  ]),
  "The addresses of an interface in its VPC.",
);
export type PrivateIpConfig = Infer<typeof PrivateIpConfig>;

export const NetworkInterface = s.named(
  "NetworkInterface",
  s.object({ ...interfaceFields, ip_config: PrivateIpConfig }),
  "All it takes to make a virtual network interface.",
);
export type NetworkInterface = Infer<typeof NetworkInterface>;

/** Throws HttpError 400 `InvalidRequest` when address, subnet and transit IPs are not of one family or do not fit together. */
export function interfaceUp({ ip, subnet, transit_ips = [], ...rest }: v1.NetworkInterface): NetworkInterface {
  const version = ipVersion(ip);
  const isOfFamily = (net: string): boolean => net.includes(":") === (version === 6);
  if (!isOfFamily(subnet)) throw invalid(`interface ${rest.id}: IP address and subnet must have the same IP version`);
  const stranger = transit_ips.find((net) => !isOfFamily(net));
  if (stranger !== undefined) {
    throw invalid(`interface ${rest.id}: expected an IPv${version} transit IP subnet, but found ${stranger}`);
  }
  const value = { ip, subnet, transit_ips };
  const issue = privateIpIssue(value);
  if (issue !== null) throw invalid(`interface ${rest.id}: ${issue}`);
  return { ...rest, ip_config: version === 4 ? { type: "v4", value } : { type: "v6", value } };
}

function invalid(message: string): HttpError {
  return HttpError.badRequest(message, "InvalidRequest");
}
