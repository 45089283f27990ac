/**
 * Addresses and numbers of the network, read and written exactly as upstream does: IP, prefix, range, MAC, VNI, port,
 * UUID, and decimal path parameters. Pure and synchronous; one-pass scanners, fit to validate bodies of 100,000 entries.
 */
export { formatIpv4, isIpv4, parseIpv4 } from "./ipv4.ts";
export { formatIpv6, isIpv6, parseIpv6 } from "./ipv6.ts";
export { canonicalIp, compareIp, ipFromBigint, ipToBigint, ipVersion, isIp, nextIp } from "./ip.ts";
export { sortedByIp } from "./sort.ts";
export type { IpVersion } from "./words.ts";
export {
  isBroadcast,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isSsm,
  isSsmByFlags,
  isUnderlayMulticast,
  isUnspecified,
} from "./ip-class.ts";
export {
  compareIpNet,
  formatIpNet,
  inPrefix,
  ipNetRange,
  isIpNet,
  networkOf,
  parseIpNet,
  type IpNet,
} from "./ip-net.ts";
export { ipRangeContains, ipRangeSize, ipRangesOverlap, isIpRange, type IpRange } from "./ip-range.ts";
export { LpmTable, type LpmEntry } from "./lpm.ts";
export {
  GUEST_MAC_FIRST,
  GUEST_MAC_LAST,
  canonicalMac,
  formatMac,
  isMac,
  isMulticastMac,
  macFromBytes,
  macToBytes,
  parseMac,
  type MacBytes,
} from "./mac.ts";
export { GUEST_VNI_FIRST, MULTICAST_VNI, SERVICES_VNI, VNI_MAX, isGuestVni, isVni } from "./vni.ts";
export {
  ALL_PORTS,
  SNAT_BLOCKS,
  SNAT_BLOCK_SIZE,
  formatL4PortRange,
  isPort,
  isPortRange,
  isSnatBlock,
  parseL4PortRange,
  portRangeContains,
  portRangesOverlap,
  type PortRange,
} from "./port.ts";
export { canonicalUuid, isUuid } from "./uuid.ts";
export { parseI64, parseU16, parseU32, parseU64, parseU8 } from "./decimal.ts";
