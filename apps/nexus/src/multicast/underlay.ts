/** Where an external group lives on the underlay network: upstream's mapping, bit for bit. Pure. */
import { formatIpv6, ipToBigint, ipVersion, macToBytes, type MacBytes } from "@racklet/net";

/** ff04::/64. */
const PREFIX = 0xff04n << 112n;
const LOW_64 = (1n << 64n) - 1n;
/** 33:33, the prefix of the MAC addresses of IPv6 multicast. */
const MAC_PREFIX = 0x3333 * 2 ** 32;

/** Salts there are: what two groups that fall on one address may try. */
export const SALTS = 256;

/** The address in ff04::/64; `salt` 0 … 255 tells groups apart that fall on the same one. */
export function underlayAddress(groupIp: string, salt: number): string {
  if (!Number.isInteger(salt) || salt < 0 || salt >= SALTS) throw new RangeError(`salt: ${salt} is not in 0..=255`);
  const ip = ipToBigint(groupIp);
  const host = ipVersion(groupIp) === 4 ? ip : (ip >> 64n) ^ (ip & LOW_64);
  return formatIpv6(PREFIX | (host ^ BigInt(salt)));
}

/** The MAC address of packets to an underlay group. */
export function underlayMac(underlayIp: string): MacBytes {
  return macToBytes(MAC_PREFIX + Number(ipToBigint(underlayIp) & 0xffff_ffffn));
}
