/** Port settings: what the links of a port are to be, as upstream's one declarative call has them. */
import { exists, invalid } from "../errors.ts";
import { linkAddress, familyOf, withAddress } from "./address.ts";
import { getSwitchPort } from "./inventory.ts";
import { plumb } from "./link.ts";
import type { PlumbedLink } from "./link.ts";
import type { Link, LinkParams, LinkSettings, PlumbedAddress, PortId } from "./types.ts";

/** A link as it comes into being: internal and rear ones speak IPv6, front ones are uplinks unless told otherwise. */
export function newLink(
  portId: PortId,
  linkId: number,
  params: LinkParams,
  mac: number,
  enabled: boolean,
): PlumbedLink {
  const { asicBase, media } = getSwitchPort(portId);
  return plumb({
    portId,
    linkId,
    asicId: asicBase + linkId,
    mac,
    ...configured(params),
    ...facing(portId, params.allowDdmTraffic),
    enabled,
    prbs: "Mission",
    media,
    fault: null,
    ipv4: [],
    ipv6: [],
  });
}

/** Throws `invalid` unless the port has such a lane. */
export function checkLane(portId: PortId, lane: number): void {
  const { lanes } = getSwitchPort(portId);
  if (lane >= lanes) throw invalid(`lane: ${lane} does not exist, ${portId} has lanes 0 to ${lanes - 1}`);
}

/** The settings of a link, and of its addresses those with the tag. */
export function settingsOf(link: Link, tag: string): LinkSettings {
  const { linkId, speed, fec, autoneg, kr, txEq, allowDdmTraffic, ipv4, ipv6 } = link;
  return {
    params: { lane: linkId, speed, fec, autoneg, kr, txEq, allowDdmTraffic },
    addrs: [...ipv4, ...ipv6].filter((entry) => entry.tag === tag).map(({ addr }) => addr),
  };
}

/** Addresses of other tags stay; one that is asked for and has another tag is refused. */
export function withSettings(prior: PlumbedLink, { params, addrs }: LinkSettings, tag: string): PlumbedLink {
  const faces = params.allowDdmTraffic === prior.allowDdmTraffic ? {} : facing(prior.portId, params.allowDdmTraffic);
  const wanted = [...new Set(addrs)];
  const list = (current: readonly PlumbedAddress[], family: PlumbedAddress["family"]) => {
    let kept = current.filter((entry) => entry.tag !== tag || wanted.includes(entry.addr));
    for (const addr of wanted) {
      if (familyOf(addr) !== family) continue;
      const there = kept.find((entry) => entry.addr === addr);
      if (there === undefined) kept = withAddress(kept, linkAddress({ addr, tag }, prior.asicId));
      else if (there.tag !== tag) {
        throw exists(`IP address ${addr} already exists`, `it belongs to tag ${JSON.stringify(there.tag)}`);
      }
    }
    return kept;
  };
  const ipv4 = list(prior.ipv4, "ipv4");
  const ipv6 = list(prior.ipv6, "ipv6");
  return plumb({ ...prior, ...configured(params), ...faces, ipv4, ipv6 }, prior);
}

function configured({ speed, fec, autoneg, kr, txEq, allowDdmTraffic }: LinkParams) {
  return { speed, fec, autoneg, kr, txEq, allowDdmTraffic };
}

function facing(portId: PortId, allowDdmTraffic: boolean): Pick<Link, "ipv6Enabled" | "uplink"> {
  const { front } = getSwitchPort(portId);
  return { ipv6Enabled: !front || allowDdmTraffic, uplink: front && !allowDdmTraffic };
}
