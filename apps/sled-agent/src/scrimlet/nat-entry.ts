/** NAT entries of the rack's own services, and when two of them are the same or in each other's way. Pure. */
import { canonicalIp, formatMac, macFromBytes, macToBytes, parseMac, portRangesOverlap } from "@racklet/net";

export interface NatEntry {
  readonly external: string;
  readonly low: number;
  readonly high: number;
  /** On the underlay, of the sled that the service runs on. */
  readonly sledAddress: string;
  readonly mac: string;
  readonly vni: number;
}

/** As any version of dpd writes one, of either family. */
export interface DpdNatEntry {
  external: string;
  low: number;
  high: number;
  target: { internal_ip: string; inner_mac: { a: number[] }; vni: number };
}

/** Equal for entries that are the same in everything. */
export const entryKey = ({ external, low, high, sledAddress, mac, vni }: NatEntry): string =>
  [external, low, high, sledAddress, mac, vni].join(" ");

export const entriesOverlap = (a: NatEntry, b: NatEntry): boolean =>
  a.external === b.external && portRangesOverlap(a, b);

export const describeEntry = ({ external, low, high, sledAddress, vni }: NatEntry): string =>
  `${external}/${low}-${high} to ${sledAddress} in VNI ${vni}`;

export const entryToDpd = ({ external, low, high, sledAddress, mac, vni }: NatEntry): DpdNatEntry => ({
  external,
  low,
  high,
  target: { internal_ip: sledAddress, inner_mac: macToDpd(mac), vni },
});

export const entryFromDpd = ({ external, low, high, target }: DpdNatEntry): NatEntry => ({
  external: canonicalIp(external) ?? external,
  low,
  high,
  sledAddress: canonicalIp(target.internal_ip) ?? target.internal_ip,
  mac: macFromDpd(target.inner_mac),
  vni: target.vni,
});

function macToDpd(text: string): { a: number[] } {
  const mac = parseMac(text);
  if (mac === null) throw new Error(`${text} is not a MAC address`);
  return { a: [...macToBytes(mac).a] };
}

function macFromDpd(bytes: { readonly a: readonly number[] }): string {
  const mac = macFromBytes(bytes);
  if (mac === null) throw new Error(`[${bytes.a.join()}] is not a MAC address`);
  return formatMac(mac);
}
