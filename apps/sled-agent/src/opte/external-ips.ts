/** The external addresses of a VM, and how they change. Pure: what is refused changes nothing. */
import { ipVersion } from "@racklet/net";
import { invalid } from "../errors.ts";
import { FAMILIES, type ExternalIps, type Family, type FamilyExternalIps, type PrivateIps } from "./types.ts";

const NONE: FamilyExternalIps = { sourceNat: undefined, ephemeral: undefined, floating: [] };

export interface ExternalIpChange {
  readonly type: "ephemeral" | "floating";
  readonly ip: string;
}

export const familyOf = (ip: string): Family => (ipVersion(ip) === 4 ? "v4" : "v6");

/**
 * The same object when the address is there already. Throws `invalid` for a second ephemeral address of one family:
 * taking the first away silently would cut its connections.
 */
export function addExternalIp(current: ExternalIps, { type, ip }: ExternalIpChange): ExternalIps {
  const family = familyOf(ip);
  const known = current[family] ?? NONE;
  if (type === "ephemeral") {
    if (known.ephemeral === ip) return current;
    if (known.ephemeral !== undefined) {
      throw invalid(`the VMM has the ephemeral address ${known.ephemeral}; remove it before adding ${ip}`);
    }
    return { ...current, [family]: { ...known, ephemeral: ip } };
  }
  if (known.floating.includes(ip)) return current;
  return { ...current, [family]: { ...known, floating: [...known.floating, ip] } };
}

/** The same object when the address is not there. */
export function removeExternalIp(current: ExternalIps, { type, ip }: ExternalIpChange): ExternalIps {
  const family = familyOf(ip);
  const known = current[family];
  if (known === undefined) return current;
  if (type === "ephemeral") {
    return known.ephemeral === ip ? { ...current, [family]: { ...known, ephemeral: undefined } } : current;
  }
  if (!known.floating.includes(ip)) return current;
  return { ...current, [family]: { ...known, floating: known.floating.filter((other) => other !== ip) } };
}

export function isEmpty(config: FamilyExternalIps | undefined): boolean {
  if (config === undefined) return true;
  return config.sourceNat === undefined && config.ephemeral === undefined && config.floating.length === 0;
}

/** Why an interface cannot have these addresses; null when it can. Each family needs a private address to be translated to. */
export function externalIpsIssue(external: ExternalIps, ips: PrivateIps): string | null {
  const missing = FAMILIES.find((family) => !isEmpty(external[family]) && ips[family] === undefined);
  if (missing === undefined) return null;
  return `external IP${missing} addresses need a private IP${missing} address, which the primary interface has not`;
}
