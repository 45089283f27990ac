/** The part of the underlay network's addresses that groups of VMs are carried in. */
import { inPrefix } from "@racklet/net";
import { invalid } from "../errors.ts";

const UNDERLAY_MULTICAST = { address: "ff04::", length: 16 };

export const isUnderlayGroup = (ip: string): boolean => inPrefix(ip, UNDERLAY_MULTICAST);

/** Throws `invalid`. */
export function checkUnderlayGroup(underlay: string): void {
  if (!isUnderlayGroup(underlay)) {
    throw invalid(`underlay: ${underlay} is not within the underlay multicast subnet (ff04::/16)`);
  }
}
