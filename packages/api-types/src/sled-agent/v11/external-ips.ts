/** External addresses per family: source NAT, one ephemeral, floating ones. */
import { HttpError, s, type Infer, type Schema } from "@racklet/api-kit";
import { ipVersion } from "@racklet/net";
import { sourceNatIssue } from "../rules.ts";
import type * as v10 from "../v10/local-config.ts";

const family = <const F extends "4" | "6", A extends Schema<string>>(version: F, address: A, isSet: boolean) =>
  s.named(
    `ExternalIpv${version}Config`,
    s.object({
      ephemeral_ip: s.nullish(address),
      floating_ips: s.array(address, isSet ? { uniqueItems: true } : {}),
      source_nat: s.nullish(
        s.named(
          `SourceNatConfigV${version}`,
          s.object({ first_port: s.u16(), ip: address, last_port: s.u16() }),
          "The address and the block of 16,384 ports for outbound connections.",
        ),
      ),
    }),
  );

/** `isSet`: from version 32 on an address may be listed once only. */
export const externalIpv4 = (isSet: boolean) => family("4", s.ipv4(), isSet);
export const externalIpv6 = (isSet: boolean) => family("6", s.ipv6(), isSet);

const Ipv4 = externalIpv4(false);
const Ipv6 = externalIpv6(false);

/** One family's addresses; IPv4 and IPv6 ones have the same type here. */
export type FamilyConfig = Infer<typeof Ipv4>;

export const ExternalIpConfig = s.named(
  "ExternalIpConfig",
  s.oneOf([
    s.object({ type: s.literal("v4"), value: Ipv4 }),
    s.object({ type: s.literal("v6"), value: Ipv6 }),
    s.object({ type: s.literal("dual_stack"), value: s.object({ v4: Ipv4, v6: Ipv6 }) }),
  ]),
);
export type ExternalIpConfig = Infer<typeof ExternalIpConfig>;

type SingleFamily = Pick<v10.LocalConfig, "ephemeral_ip" | "floating_ips" | "source_nat">;

/** Throws HttpError 400 `InvalidRequest` for addresses of both families, or a port range that is no block. */
export function externalIpsUp({ ephemeral_ip: ephemeral, floating_ips: floating, source_nat: snat }: SingleFamily) {
  const all = [snat.ip, ...(ephemeral == null ? [] : [ephemeral]), ...floating];
  const version = ipVersion(snat.ip);
  if (all.some((ip) => ipVersion(ip) !== version)) {
    throw invalid("SNAT, ephemeral, and floating IPs must all be of the same IP version");
  }
  const issue = sourceNatIssue(snat);
  if (issue !== null) throw invalid(issue);
  const value: FamilyConfig = { ephemeral_ip: ephemeral ?? null, floating_ips: floating, source_nat: snat };
  return { type: version === 4 ? ("v4" as const) : ("v6" as const), value };
}

function invalid(reason: string): HttpError {
  return HttpError.badRequest(`invalid external IP config: ${reason}`, "InvalidRequest");
}
