/** What a registration must be beyond its shape. Upstream finds most of this when the VMM starts; here nothing is registered. */
import { invalid } from "../errors.ts";
import { externalIpsIssue } from "../opte/external-ips.ts";
import { planPort } from "../opte/port-plan.ts";
import { FAMILIES, type ExternalIps } from "../opte/types.ts";
import { networkBackendKey } from "./ensure-request.ts";
import type { VmmRequest } from "./types.ts";

const DOMAIN =
  /^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** Throws `invalid`. */
export function checkRequest(request: VmmRequest): void {
  const { nics, externalIps, spec, propolisAddr } = request;
  const primaries = nics.filter((nic) => nic.isPrimary);
  const [primary] = primaries;
  if (primaries.length > 1) throw invalid(`nics: ${primaries.length} interfaces are primary, at most one may be`);
  // Nexus gives source NAT even to a VM without interfaces, which then has no use for it.
  const issue = primary === undefined ? null : externalIpsIssue(externalIps, primary.ips);
  if (issue !== null) throw invalid(`external_ips: ${issue}`);
  checkDistinct(
    "nics",
    nics.map(({ id }) => id),
  );
  for (const nic of nics) {
    networkBackendKey(spec, nic.id);
    planPort(nic, request);
  }
  if (!ADDRESS.test(propolisAddr)) throw invalid(`propolis_addr: ${propolisAddr} is not IP:PORT`);
}

const ADDRESS = /^(\d+(\.\d+){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$/;

/** Throws `invalid` for a name that a DHCP option cannot carry. */
export function checkDomain(field: string, name: string): void {
  if (!DOMAIN.test(name)) throw invalid(`${field}: ${JSON.stringify(name)} is not a domain name`);
}

/** Throws `invalid` for an address listed twice. */
export function checkExternalIps(externalIps: ExternalIps): void {
  for (const family of FAMILIES)
    checkDistinct(`external_ips.${family}.floating_ips`, externalIps[family]?.floating ?? []);
}

function checkDistinct(field: string, values: readonly string[]): void {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw invalid(`${field}: ${twice} is listed twice`);
}
