/** Memberships of multicast groups, and how they change. Pure: what is refused changes nothing. */
import { compareIp, ipVersion, isBroadcast, isLinkLocal, isLoopback, isMulticast, isUnspecified } from "@racklet/net";
import { SledAgentError, invalid } from "../errors.ts";
import type { Membership, SourceFilter } from "./types.ts";

/** Of one VMM. */
export const MAX_MEMBERSHIPS = 1024;

/** In one form. Throws `invalid` for a group or source that no packet can have. */
export function membershipOf(group: string, sources: readonly string[]): Membership {
  if (!isMulticast(group)) throw invalid(`group_ip: ${group} is not a multicast address`);
  for (const source of sources) {
    const issue = sourceIssue(group, source);
    if (issue !== null) throw invalid(`sources: ${source} ${issue}`);
  }
  return { group, sources: [...new Set(sources)].sort(compareIp) };
}

function sourceIssue(group: string, source: string): string | null {
  if (ipVersion(source) !== ipVersion(group)) return `is not of the IP version of the group ${group}`;
  if (isMulticast(source)) return "is a multicast address: nothing comes from one";
  if (isUnspecified(source)) return "is the unspecified address";
  if (isLoopback(source)) return "is a loopback address";
  if (isBroadcast(source)) return "is the broadcast address";
  return isLinkLocal(source) ? "is a link-local address" : null;
}

/** The same object when nothing changes; another set of sources replaces the one there is. Throws `insufficientCapacity`. */
export function joinGroup(current: readonly Membership[], membership: Membership): readonly Membership[] {
  const known = current.find(({ group }) => group === membership.group);
  if (known !== undefined && sameSources(known, membership)) return current;
  if (known !== undefined) return current.map((other) => (other === known ? membership : other));
  if (current.length >= MAX_MEMBERSHIPS) {
    throw new SledAgentError(
      "insufficientCapacity",
      `the VMM is a member of ${current.length} multicast groups, which is the limit`,
    );
  }
  return [...current, membership];
}

/** The same object when it is no member. */
export function leaveGroup(current: readonly Membership[], group: string): readonly Membership[] {
  const rest = current.filter((membership) => membership.group !== group);
  return rest.length === current.length ? current : rest;
}

/** Both in the form of `membershipOf`. */
export const sameSources = (a: Membership, b: Membership): boolean =>
  a.sources.length === b.sources.length && a.sources.every((source, i) => source === b.sources[i]);

/** Without sources a membership takes packets from any. */
export const filterOf = ({ sources }: Membership): SourceFilter => ({
  mode: sources.length === 0 ? "exclude" : "include",
  sources,
});
