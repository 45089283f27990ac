/** Prefixes that an interface may send from and receive for, besides its own address. */
import { inPrefix, ipNetRange, ipToBigint, ipVersion, parseIpNet, type IpNet } from "@racklet/net";
import { invalidRequest } from "../errors.ts";

/** More than a guest router needs; every one is a rule at the port. */
const MAX_TRANSIT_IPS = 128;

const MULTICAST = ["224.0.0.0/4", "ff00::/8"].map(known);
const LOOPBACK = ["127.0.0.0/8", "::1/128"].map(known);

/** Throws invalid-request for the first one that is not a network address, is multicast or loopback, or overlaps another. */
export function checkTransitIps(prefixes: readonly string[]): void {
  if (prefixes.length > MAX_TRANSIT_IPS) {
    throw invalidRequest(`transit_ips: at most ${MAX_TRANSIT_IPS} are possible, got ${prefixes.length}`);
  }
  const nets: IpNet[] = [];
  for (const prefix of prefixes) {
    const net = parseIpNet(prefix);
    if (net === null) throw invalidRequest(`transit_ips: ${prefix} is not a prefix`);
    const isHost = net.length === (ipVersion(net.address) === 4 ? 32 : 128);
    const subject = `transit IP${isHost ? "" : " block"} ${prefix}`;
    const type = isHost ? "address" : "network";
    if (ipToBigint(ipNetRange(net).first) !== ipToBigint(net.address)) {
      throw invalidRequest(`${subject} has a non-zero host identifier`);
    }
    if (isWithin(net, MULTICAST)) throw invalidRequest(`${subject} is a multicast ${type}`);
    if (isWithin(net, LOOPBACK)) throw invalidRequest(`${subject} is a loopback ${type}`);
    const other = nets.findIndex((each) => inPrefix(each.address, net) || inPrefix(net.address, each));
    if (other >= 0) throw invalidRequest(`${subject} overlaps with ${prefixes[other]}`);
    nets.push(net);
  }
}

function isWithin(net: IpNet, wider: readonly IpNet[]): boolean {
  return wider.some((each) => net.length >= each.length && inPrefix(net.address, each));
}

function known(text: string): IpNet {
  const net = parseIpNet(text);
  if (net === null) throw new Error(`${text} is not a prefix`);
  return net;
}
