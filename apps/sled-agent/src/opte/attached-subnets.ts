/** The subnets attached to a VM, and how they change. Pure. */
import { SledAgentError } from "../errors.ts";
import type { AttachedSubnet, PrivateIps } from "./types.ts";

/** Throws `subnetAttached` when it is there, of whichever kind. */
export function attachSubnet(current: readonly AttachedSubnet[], subnet: AttachedSubnet): readonly AttachedSubnet[] {
  if (current.some((known) => known.subnet === subnet.subnet)) {
    throw new SledAgentError("subnetAttached", `The IP subnet ${subnet.subnet} is already attached`);
  }
  return [...current, subnet];
}

/** The same object when it is not there. */
export function detachSubnet(current: readonly AttachedSubnet[], subnet: string): readonly AttachedSubnet[] {
  const rest = current.filter((known) => known.subnet !== subnet);
  return rest.length === current.length ? current : rest;
}

/** Those that an interface with these addresses can carry. As upstream, the others are left out without a word. */
export function subnetsFor(ips: PrivateIps, subnets: readonly AttachedSubnet[]): readonly AttachedSubnet[] {
  return subnets.filter(({ subnet }) => (subnet.includes(":") ? ips.v6 : ips.v4) !== undefined);
}

/** Throws `invalid` for a subnet that is listed twice. */
export function uniqueSubnets(subnets: readonly AttachedSubnet[]): readonly AttachedSubnet[] {
  const seen = new Set<string>();
  for (const { subnet } of subnets) {
    if (seen.has(subnet)) throw new SledAgentError("invalid", `subnets: ${subnet} is listed twice`);
    seen.add(subnet);
  }
  return subnets;
}
