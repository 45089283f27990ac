/** Inclusive ranges of addresses of one family, as IP pools hold them. */
import { compareIp, ipToBigint, ipVersion, isIp } from "./ip.ts";

export interface IpRange {
  readonly first: string;
  readonly last: string;
}

/** Both ends are addresses of one family and `first` is not after `last`. */
export function isIpRange({ first, last }: IpRange): boolean {
  return isIp(first) && isIp(last) && ipVersion(first) === ipVersion(last) && compareIp(first, last) <= 0;
}

/** How many addresses a valid range holds. */
export function ipRangeSize({ first, last }: IpRange): bigint {
  return ipToBigint(last) - ipToBigint(first) + 1n;
}

/** False for an address of the other family, since compareIp puts it before or after the whole range. */
export function ipRangeContains({ first, last }: IpRange, ip: string): boolean {
  return compareIp(first, ip) <= 0 && compareIp(ip, last) <= 0;
}

/** Two valid ranges share an address; never so across families. */
export function ipRangesOverlap(a: IpRange, b: IpRange): boolean {
  return compareIp(a.first, b.last) <= 0 && compareIp(b.first, a.last) <= 0;
}
