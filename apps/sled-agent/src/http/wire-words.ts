/** Addresses and ids in the one spelling that makes them comparable. The schema lets through only what these can read. */
import { canonicalIp, canonicalMac, canonicalUuid, formatIpNet, parseIpNet } from "@racklet/net";
import { invalid } from "../errors.ts";

export const ip = (text: string): string => canonicalIp(text) ?? unreadable("an IP address", text);
export const mac = (text: string): string => canonicalMac(text) ?? unreadable("a MAC address", text);
export const uuid = (text: string): string => canonicalUuid(text) ?? unreadable("a UUID", text);

/** Host bits stay. */
export function ipNet(text: string): string {
  const net = parseIpNet(text);
  return net === null ? unreadable("an IP subnet", text) : formatIpNet(net);
}

function unreadable(what: string, text: string): never {
  throw invalid(`${text} is not ${what}`);
}
