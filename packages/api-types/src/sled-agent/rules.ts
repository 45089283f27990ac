/** Rules across fields that a schema cannot say, with the reason for a refusal. */
import { SNAT_BLOCK_SIZE, inPrefix, ipVersion, isSnatBlock, parseIpNet } from "@racklet/net";

/** Null when the address lies in the subnet and the subnet's prefix is one a VPC subnet may have, else the reason. */
export function privateIpIssue({ ip, subnet }: { readonly ip: string; readonly subnet: string }): string | null {
  const net = parseIpNet(subnet);
  if (net === null) return `${subnet} is not an IP subnet`;
  const isV4 = ipVersion(ip) === 4;
  if (isV4 && (net.length < 8 || net.length > 26)) {
    return `the prefix of an IPv4 subnet must be between 8 and 26, that of ${subnet} is ${net.length}`;
  }
  if (!isV4 && net.length !== 64) return `the prefix of an IPv6 subnet must be 64, that of ${subnet} is ${net.length}`;
  return inPrefix(ip, net) ? null : `address ${ip} is not in subnet ${subnet}`;
}

/** Null when the ports are one block of source NAT, else the reason. */
export function sourceNatIssue(snat: { readonly first_port: number; readonly last_port: number }): string | null {
  const { first_port: low, last_port: high } = snat;
  return isSnatBlock({ low, high }) ? null : `snat port range is not aligned to ${SNAT_BLOCK_SIZE}: (${low}, ${high})`;
}
