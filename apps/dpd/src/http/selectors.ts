/** What a page token of each list carries: the last item of the page, after which the next one starts. */
import { selectorOf, type PageRequest } from "@racklet/api-kit";
import { isIpv4, isIpv6, isPort, parseIpNet, type IpNet } from "@racklet/net";
import type { Family } from "../table/nat.ts";

/** Upstream's selector of address lists. */
export function addressAfter(page: PageRequest, family: Family): string | undefined {
  const isAddress = family === "ipv4" ? isIpv4 : isIpv6;
  const isSelector = (value: unknown): value is { ip: string } => hasString(value, "ip") && isAddress(value.ip);
  return selectorOf(page, isSelector)?.ip;
}

/** Upstream's selector of an address' entries: the low port of the last one. */
export function portAfter(page: PageRequest): number | undefined {
  return selectorOf(page, hasPort)?.port;
}

export function groupAfter(page: PageRequest): string | undefined {
  const isSelector = (value: unknown): value is { group: string } => hasString(value, "group");
  return selectorOf(page, isSelector)?.group;
}

/** Upstream's selector of lists by network. Without a family, of both. */
export function netAfter(page: PageRequest, family?: Family): IpNet | undefined {
  const fits = (net: IpNet | null): net is IpNet =>
    net !== null && (family === undefined || isIpv4(net.address) === (family === "ipv4"));
  const isSelector = (value: unknown): value is { cidr: string } =>
    hasString(value, "cidr") && fits(parseIpNet(value.cidr));
  const cidr = selectorOf(page, isSelector)?.cidr;
  return cidr === undefined ? undefined : (parseIpNet(cidr) ?? undefined);
}

export function entryAfter(page: PageRequest): { external: string; low: number } | undefined {
  const isSelector = (value: unknown): value is { ip: string; port: number } =>
    hasString(value, "ip") && (isIpv4(value.ip) || isIpv6(value.ip)) && hasPort(value);
  const selector = selectorOf(page, isSelector);
  return selector === undefined ? undefined : { external: selector.ip, low: selector.port };
}

function hasString<K extends string>(value: unknown, key: K): value is { [_ in K]: string } {
  // Any object may be looked into; what is found is checked.
  return typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[key] === "string";
}

function hasPort(value: unknown): value is { port: number } {
  if (typeof value !== "object" || value === null || !("port" in value)) return false;
  return typeof value.port === "number" && isPort(value.port);
}
