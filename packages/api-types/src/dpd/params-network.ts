/** Path parameters that name ports, links, networks and addresses. All are made canonical: ports in lower case. */
import { accept, param, refuse, type Param, type Parsed } from "@racklet/api-kit";
import { formatIpNet, isIpv4, parseIpNet } from "@racklet/net";
import { IpNet, Ipv4Net, Ipv6Net } from "../common/network.ts";
import { LinkId, PortId } from "./v1/port.ts";

const PORT = /^(?:int0|(?:rear|qsfp)(?:[0-9]|[12][0-9]|3[01]))$/i;

function parsePort(text: string): Parsed<string> {
  return PORT.test(text)
    ? accept(text.toLowerCase())
    : refuse(`\`${text}\` is not a port: expected int0, rear0 to rear31 or qsfp0 to qsfp31`);
}

function netOf(schema: Param<string>["schema"], what: string, fits: (address: string) => boolean): Param<string> {
  return param.custom(schema, (text) => {
    const net = parseIpNet(text);
    return net === null || !fits(net.address) ? refuse(`\`${text}\` is not ${what}`) : accept(formatIpNet(net));
  });
}

const ipv4Net = netOf(Ipv4Net, "an IPv4 network such as 10.0.0.0/8", isIpv4);
const ipv6Net = netOf(Ipv6Net, "an IPv6 network such as fd00::/48", (address) => !isIpv4(address));
const ipNet = netOf(IpNet, "a network such as 10.0.0.0/8 or fd00::/48", () => true);

export const port = { port_id: param.custom(PortId, parsePort) };
export const link = { ...port, link_id: { ...param.u8(), schema: LinkId } };
export const linkIpv4 = { ...link, address: param.ipv4() };
export const linkIpv6 = { ...link, address: param.ipv6() };

export const loopbackIpv4 = { ipv4: param.ipv4() };
export const loopbackIpv6 = { ipv6: param.ipv6() };
export const arpIp = { ip: param.ipv4() };
export const ndpIp = { ip: param.ipv6() };

export const routeIpv4 = { cidr: ipv4Net };
export const routeIpv6 = { cidr: ipv6Net };
export const routeIpv4Target = { ...routeIpv4, ...link, tgt_ip: param.ip() };
/** Before version 6 the next hop of an IPv4 route was an IPv4 address. */
export const routeIpv4TargetV1 = { ...routeIpv4, ...link, tgt_ip: param.ipv4() };
export const routeIpv6Target = { ...routeIpv6, ...link, tgt_ip: param.ipv6() };

export const subnet = { subnet: ipNet };
export const counter = { counter: param.string() };
