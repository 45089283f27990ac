/** What an external group must be, in the order in which upstream looks, and all of it before the ASIC is touched. */
import {
  formatIpNet,
  inPrefix,
  isMulticast,
  isMulticastMac,
  isSsmByFlags,
  isUnderlayMulticast,
  type IpNet,
} from "@racklet/net";
import { invalid } from "../errors.ts";
import type { McastTarget, UnderlayGroup } from "./group.ts";
import type { IdPair } from "./ids.ts";
import { checkFamily, checkSources, type SourceInput } from "./sources.ts";

export interface ExternalRequest {
  readonly target: McastTarget | null;
  readonly vlan: number | null;
  readonly sources: readonly SourceInput[] | null;
}

const VLAN_MIN = 2;
const VLAN_MAX = 4095;

export function requireTarget({ target }: ExternalRequest): McastTarget {
  if (target === null) throw invalid("external groups must have NAT target");
  return target;
}

/** Checks all; `underlay` is the group of the target's address, if there is one. Answers the ids that the group gets. */
export function checkExternal(ip: string, request: ExternalRequest, underlay: UnderlayGroup | undefined): IdPair {
  const { sources, vlan } = request;
  checkSources(sources);
  checkAddress(ip, sources);
  checkFamily(ip, sources);
  const target = requireTarget(request);
  checkTarget(target);
  if (underlay === undefined) {
    throw invalid(`nat_target.internal_ip: there is no underlay group ${target.internalIp}; it must be created first`);
  }
  if (vlan !== null && (vlan < VLAN_MIN || vlan > VLAN_MAX)) {
    throw invalid(`vlan_id: ${vlan} is not in ${VLAN_MIN}..=${VLAN_MAX}`);
  }
  return underlay.ids;
}

/** Addresses that never leave a host or a link, and the reserved scope. */
const RESERVED: readonly IpNet[] = [
  { address: "224.0.0.0", length: 24 },
  { address: "ff00::", length: 16 },
  { address: "ff01::", length: 16 },
  { address: "ff02::", length: 16 },
];

function checkAddress(ip: string, sources: readonly SourceInput[] | null): void {
  if (!isMulticast(ip)) throw invalid(`group_ip: ${ip} is not a multicast address`);
  if (isSsmByFlags(ip)) {
    if (sources === null || sources.length === 0 || sources.includes("any")) {
      throw invalid(`group_ip: ${ip} is a source-specific multicast address, which needs at least one specific source`);
    }
    return;
  }
  const reserved = RESERVED.find((net) => inPrefix(ip, net));
  if (reserved !== undefined) {
    throw invalid(`group_ip: ${ip} is in the reserved range ${formatIpNet(reserved)}`);
  }
  if (isUnderlayMulticast(ip)) {
    throw invalid(`group_ip: ${ip} is in ff04::/64, the admin-local scope of underlay groups: use /underlay-groups`);
  }
}

function checkTarget({ internalIp, innerMac }: McastTarget): void {
  if (!isMulticastMac(innerMac)) throw invalid("nat_target.inner_mac is not a multicast MAC address");
  if (!isUnderlayMulticast(internalIp)) throw invalid(`nat_target.internal_ip: ${internalIp} is not in ff04::/64`);
}
