/** Which sources a member receives from: the rules, and the form in which they are kept. Addresses are canonical. */
import {
  compareIp,
  ipVersion,
  isBroadcast,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isSsm,
  isUnspecified,
} from "@racklet/net";
import { invalidRequest } from "../errors.ts";

const MAX_SOURCES_PER_MEMBER = 32;
const MAX_SOURCES_PER_GROUP = 256;

/** Why the address cannot be a source at all; null when it can. */
export function sourceIssue(ip: string): string | null {
  if (isMulticast(ip)) return `${ip} is not a unicast address`;
  const isSpecial = isLoopback(ip) || isBroadcast(ip) || isUnspecified(ip) || isLinkLocal(ip);
  return isSpecial ? `${ip} is a special-use address` : null;
}

/** The list by itself, whatever the group. */
export function checkSourceList(sources: readonly string[] | null): void {
  if (sources === null) return;
  if (sources.length > MAX_SOURCES_PER_MEMBER) {
    throw invalidRequest(
      `membership source IP count ${sources.length} exceeds per-member limit of ${MAX_SOURCES_PER_MEMBER}`,
    );
  }
  const seen = new Set<string>();
  for (const ip of sources) {
    if (seen.has(ip)) throw invalidRequest(`duplicate source IP ${ip} in membership request`);
    seen.add(ip);
  }
}

/** The list of a membership that is being made or changed, against the group's address. */
export function checkSourcesFor(groupIp: string, sources: readonly string[] | null): void {
  const version = ipVersion(groupIp);
  for (const ip of sources ?? []) {
    if (ipVersion(ip) !== version) {
      throw invalidRequest(`source IP ${ip} does not match multicast group address family (IPv${version})`);
    }
  }
  if (isSsm(groupIp) && (sources ?? []).length === 0) {
    throw invalidRequest("SSM multicast addresses require at least one source IP");
  }
}

/** `others`: the lists of the group's other members. */
export function checkUnion(others: readonly (readonly string[])[], sources: readonly string[]): void {
  const union = new Set([...others.flat(), ...sources]);
  if (union.size > MAX_SOURCES_PER_GROUP) {
    throw invalidRequest(
      `adding ${sources.length} source IP(s) would push group source union to ${union.size}, ` +
        `exceeding per-group cap of ${MAX_SOURCES_PER_GROUP}`,
    );
  }
}

/** Sorted, without duplicates: how lists are kept, and shown. */
export function sortedSources(sources: Iterable<string>): string[] {
  return [...new Set(sources)].sort(compareIp);
}

/** As the column `source_ips` has them. */
export function sourcesColumn(sources: Iterable<string>): string {
  return JSON.stringify(sortedSources(sources));
}

/** As the column `default_source_ips` has them: in the order they were given in, which is how their versions show them. */
export const defaultsColumn = (sources: readonly string[]): string => JSON.stringify(sources);

/** The columns are only written by these two. */
export const parseSources = (column: string): string[] => JSON.parse(column) as string[];
