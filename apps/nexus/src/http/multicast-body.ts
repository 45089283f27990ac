/** Groups and sources in bodies. What cannot be read as either is a body that cannot be parsed, as upstream has it. */
import { HttpError } from "@racklet/api-kit";
import {
  parseGroupIdentifier,
  type InstanceMulticastGroupJoin,
  type MulticastGroupJoinSpec,
} from "@racklet/api-types/nexus/v2026010800/multicast";
import { canonicalIp } from "@racklet/net";
import type { GroupIdentifier } from "../multicast/identifier.ts";
import type { JoinRequest } from "../multicast/join.ts";
import { sourceIssue } from "../multicast/sources.ts";

export function joinRequest(group: GroupIdentifier, body: InstanceMulticastGroupJoin): JoinRequest {
  return { group, sources: sourcesIn(body.source_ips), ipVersion: body.ip_version ?? null };
}

export function joinRequests(specs: readonly MulticastGroupJoinSpec[]): JoinRequest[] {
  return specs.map((spec) => {
    const parsed = parseGroupIdentifier(spec.group);
    if (!parsed.ok) throw unparsable(parsed.reason);
    return joinRequest(parsed.value, spec);
  });
}

/** Canonical; null when nothing was said. */
export function sourcesIn(sources: readonly string[] | null | undefined): string[] | null {
  if (sources == null) return null;
  return sources.map((text) => {
    const ip = canonicalIp(text) ?? text;
    const issue = sourceIssue(ip);
    if (issue !== null) throw unparsable(issue);
    return ip;
  });
}

export const unparsable = (issue: string): HttpError => HttpError.badRequest(`unable to parse JSON body: ${issue}`);
