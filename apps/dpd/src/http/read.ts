/** Values of request bodies that their schema cannot make canonical. */
import { canonicalIp, macFromBytes, parseIpNet, type IpNet } from "@racklet/net";
import { invalid } from "../errors.ts";

/** `field` names it in the message. */
export function readNet(text: string, field: string): IpNet {
  const net = parseIpNet(text);
  if (net === null) throw invalid(`unable to parse JSON body: ${field}: \`${text}\` is not a network`);
  return net;
}

/** The schema has made sure that it is an address. */
export function readIp(text: string): string {
  return canonicalIp(text) ?? text;
}

export function readMac(mac: { readonly a: readonly number[] }, field: string): number {
  const value = macFromBytes(mac);
  if (value === null) throw invalid(`unable to parse JSON body: ${field}: not six octets`);
  return value;
}
