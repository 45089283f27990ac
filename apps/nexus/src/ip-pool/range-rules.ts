/** Which ranges a pool may hold, decided from the range alone. Throws what users are told. */
import {
  ipRangeContains,
  ipRangesOverlap,
  ipToBigint,
  ipVersion,
  isIpRange,
  isMulticast,
  isSsm,
  type IpRange,
} from "@racklet/net";
import { invalidRequest } from "../errors.ts";

export interface PoolKind {
  readonly id: string;
  readonly pool_type: "unicast" | "multicast";
  readonly ip_version: "v4" | "v6";
}

export function checkRange(pool: PoolKind, range: IpRange): void {
  if (!isIpRange(range)) throw invalidRequest("IP address ranges must be non-decreasing");
  const multicast = isMulticast(range.first);
  if (multicast !== isMulticast(range.last)) {
    throw invalidRequest("IP range cannot span multicast and unicast address spaces");
  }
  if (pool.pool_type === "multicast" && !multicast) {
    throw invalidRequest("Cannot add unicast address range to multicast IP pool");
  }
  if (pool.pool_type === "unicast" && multicast) {
    throw invalidRequest("Cannot add multicast address range to unicast IP pool");
  }
  const version = ipVersion(range.first) === 4 ? "v4" : "v6";
  if (multicast) (version === "v4" ? checkMulticastV4 : checkMulticastV6)(range);
  if (version !== pool.ip_version) {
    throw invalidRequest(`Cannot add IP${version} address range to IP${pool.ip_version} pool with ID "${pool.id}"`);
  }
}

/** What a multicast range serves; a pool holds ranges of one kind. The range has passed `checkRange`. */
export function multicastKind(range: IpRange): "SSM" | "ASM" {
  return isSsm(range.first) ? "SSM" : "ASM";
}

const SPANNING = "IP range cannot span ASM and SSM address spaces";
const V4_LINK_LOCAL = { first: "224.0.0.0", last: "224.0.0.255" };
const V4_SSM = { first: "232.0.0.0", last: "232.255.255.255" };
const V4_SSM_RESERVED = { first: "232.0.0.0", last: "232.0.0.255" };
const UNDERLAY = { first: "ff04::", last: "ff04::ffff:ffff:ffff:ffff" };

function checkMulticastV4(range: IpRange): void {
  if (ipRangesOverlap(range, V4_LINK_LOCAL)) {
    throw invalidRequest("Cannot add IPv4 link-local multicast range (224.0.0.0/24) to IP pool");
  }
  if (!ipRangesOverlap(range, V4_SSM)) return;
  if (!contains(V4_SSM, range)) throw invalidRequest(SPANNING);
  if (ipRangesOverlap(range, V4_SSM_RESERVED)) {
    throw invalidRequest("Cannot add reserved IPv4 SSM range (232.0.0.0/24) to IP pool");
  }
}

function checkMulticastV6(range: IpRange): void {
  const first = segment(range.first);
  const last = segment(range.last);
  for (let each = first; each <= last; each++) {
    const scope = REFUSED_SCOPES[each & 0xf];
    if (scope !== undefined) {
      throw invalidRequest(
        `Cannot add IPv6 multicast range overlapping ${scope} scope (${each.toString(16)}::/16) to IP pool`,
      );
    }
  }
  if (ipRangesOverlap(range, UNDERLAY)) {
    throw invalidRequest("Cannot add IPv6 underlay multicast range (ff04::/64) to IP pool - reserved for internal use");
  }
  for (let each = Math.max(first, 0xff30); each <= Math.min(last, 0xff3f); each++)
    checkSsmBlock(range, each.toString(16));
}

/** `prefix` is one of ff30 … ff3f: its block is `prefix::/32`, of which groups may have the upper half of the last /96. */
function checkSsmBlock(range: IpRange, prefix: string): void {
  const block = { first: `${prefix}::`, last: `${prefix}:0:ffff:ffff:ffff:ffff:ffff:ffff` };
  if (!ipRangesOverlap(range, block)) return;
  if (!contains(block, range)) throw invalidRequest(SPANNING);
  const allocatable = { first: `${prefix}::8000:0`, last: `${prefix}::ffff:ffff` };
  if (!contains(allocatable, range)) {
    throw invalidRequest(
      "IPv6 SSM range must fall within the dynamically allocatable group IDs " +
        "(ff3x::8000:0 through ff3x::ffff:ffff per RFC 4607)",
    );
  }
}

/** By scope nibble; groups are allowed in admin-local (4), site-local (5), organization-local (8) and global (e) scope. */
const REFUSED_SCOPES: readonly (string | undefined)[] = [
  "reserved",
  "interface-local",
  "link-local",
  "realm-local",
  undefined,
  undefined,
  "unassigned",
  "unassigned",
  undefined,
  "unassigned",
  "unassigned",
  "unassigned",
  "unassigned",
  "unassigned",
  undefined,
  "reserved",
];

function contains(outer: IpRange, inner: IpRange): boolean {
  return ipRangeContains(outer, inner.first) && ipRangeContains(outer, inner.last);
}

/** The first 16 bits of an IPv6 address. */
function segment(ip: string): number {
  return Number(ipToBigint(ip) >> 112n);
}
