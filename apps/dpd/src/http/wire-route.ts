/** Next hops of routes between the domain's form and the wire's. */
import type { Ipv4Route, Ipv6Route, Route as WireRoute } from "@racklet/api-types/dpd/latest";
import { isIpv4 } from "@racklet/net";
import type { RouteTarget } from "../route/types.ts";
import { readIp } from "./read.ts";

/** The same for both families. */
export function hopFromWire(hop: Ipv4Route | Ipv6Route): RouteTarget {
  return {
    tag: hop.tag,
    // Accepted in any case.
    portId: hop.port_id.toLowerCase(),
    linkId: hop.link_id,
    tgtIp: readIp(hop.tgt_ip),
    vlanId: hop.vlan_id ?? null,
  };
}

export function hopToWire(target: RouteTarget): Ipv6Route {
  return {
    tag: target.tag,
    port_id: target.portId,
    link_id: target.linkId,
    tgt_ip: target.tgtIp,
    vlan_id: target.vlanId,
  };
}

export function targetFromWire(target: WireRoute): RouteTarget {
  return hopFromWire("V4" in target ? target.V4 : target.V6);
}

export function targetToWire(target: RouteTarget): WireRoute {
  return isIpv4(target.tgtIp) ? { V4: hopToWire(target) } : { V6: hopToWire(target) };
}
