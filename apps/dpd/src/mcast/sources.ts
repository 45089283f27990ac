/** Sources of an external group: which addresses its packets may come from. */
import {
  canonicalIp,
  compareIp,
  ipVersion,
  isBroadcast,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isUnspecified,
} from "@racklet/net";
import { invalid } from "../errors.ts";
import type { Sources } from "./group.ts";

/** An address, or any. */
export type SourceInput = { readonly address: string } | "any";

/** Throws `invalid` for an address that no packet can come from. */
export function checkSources(sources: readonly SourceInput[] | null): void {
  for (const [i, source] of (sources ?? []).entries()) {
    if (source === "any") continue;
    const why = refusal(source.address);
    if (why !== undefined) throw invalid(`sources[${i}]: ${source.address} ${why}`);
  }
}

/** Sources of the other family could never match. Throws `invalid`. */
export function checkFamily(groupIp: string, sources: readonly SourceInput[] | null): void {
  const version = ipVersion(groupIp);
  for (const [i, source] of (sources ?? []).entries()) {
    if (source === "any" || ipVersion(source.address) === version) continue;
    throw invalid(`sources[${i}]: ${source.address} is not an IPv${version} address, as the group ${groupIp} is`);
  }
}

/** As they are kept: null for none, for an empty list and for one with `any` in it. */
export function keptSources(sources: readonly SourceInput[] | null): Sources {
  if (sources === null || sources.length === 0) return null;
  const addresses = new Set<string>();
  for (const source of sources) {
    if (source === "any") return null;
    addresses.add(canonicalIp(source.address) ?? source.address);
  }
  return [...addresses].sort(compareIp);
}

function refusal(address: string): string | undefined {
  if (isMulticast(address)) return "is a multicast address";
  if (isLoopback(address)) return "is a loopback address";
  if (isUnspecified(address)) return "is the unspecified address";
  if (isBroadcast(address)) return "is the broadcast address";
  return isLinkLocal(address) ? "is a link-local address" : undefined;
}
