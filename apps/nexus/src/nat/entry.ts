/** NAT entries: which sled, network and MAC an external address and its ports lead to. */
import type { Schemas } from "@racklet/dpd-client";
import { macToBytes, parseMac } from "@racklet/net";

export interface NatKey {
  readonly externalAddress: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

export interface NatEntry extends NatKey {
  readonly sledAddress: string;
  readonly vni: number;
  /** `A8:40:25:…` */
  readonly mac: string;
}

/** A row of the changes view: an entry added at `version`, or removed at it. */
export interface NatChange extends NatEntry {
  readonly version: number;
  readonly deleted: boolean;
}

export type DpdNatEntry = Schemas["NatGroupEntry"];

export const natKeyText = ({ externalAddress, firstPort, lastPort }: NatKey): string =>
  `${externalAddress}/${firstPort}-${lastPort}`;

export function sameTarget(a: NatEntry, b: NatEntry): boolean {
  return a.sledAddress === b.sledAddress && a.vni === b.vni && a.mac === b.mac;
}

export function toDpdEntry(entry: NatEntry): DpdNatEntry {
  const mac = parseMac(entry.mac);
  if (mac === null) throw new Error(`NAT entry ${natKeyText(entry)} has the MAC ${entry.mac}, which is none`);
  return {
    external: entry.externalAddress,
    low: entry.firstPort,
    high: entry.lastPort,
    target: { internal_ip: entry.sledAddress, inner_mac: macToBytes(mac), vni: entry.vni },
  };
}
