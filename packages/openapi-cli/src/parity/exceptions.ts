/**
 * Where our documents differ from upstream's on purpose. What is not listed here fails `openapi parity`; what is listed in vain
 * too. Bounds and patterns of single values are not compared: we state those that upstream only checks.
 */
import type { Aspect } from "./compare.ts";

export interface Exception {
  readonly ident: string;
  /** Path with `{}` for its variables, then the method; `*` for any. */
  readonly operations: readonly string[];
  readonly aspects: readonly Aspect[];
  readonly reason: string;
}

const except = (ident: string, aspects: readonly Aspect[], reason: string, ...operations: string[]): Exception => ({
  ident,
  operations,
  aspects,
  reason,
});

export const EXCEPTIONS: readonly Exception[] = [
  except(
    "nexus",
    ["response"],
    "there is no storage: these lists are empty, and their items are of one shape in all versions",
    "/v1/disks GET",
    "/v1/images GET",
    "/v1/instances/{}/disks GET",
  ),
  except("nexus", ["request"], "disks cannot be attached: the list of them has to be empty", "/v1/instances POST"),
  except(
    "nexus",
    ["request"],
    "the address of an interface's IP stack may be left out, and is then chosen",
    "/v1/network-interfaces POST",
  ),
  except(
    "nexus",
    ["parameters", "response"],
    "metrics are not kept: the answer is an empty page whatever the parameters say",
    "/v1/metrics/{} GET",
    "/v1/system/metrics/{} GET",
  ),
  except(
    "nexus",
    ["response"],
    "nothing is ever updated: the answer is the same in all versions, in the shape of the newest",
    "/v1/system/update/repositories GET",
    "/v1/system/update/status GET",
  ),
  except(
    "nexus",
    ["request", "response"],
    "a rule's ICMPv6 filter is shown in older versions too: without it a rule would seem to admit all",
    "/v1/vpc-firewall-rules GET",
    "/v1/vpc-firewall-rules PUT",
  ),
  except(
    "nexus",
    ["existence", "parameters"],
    "external subnets are not kept: this list is empty, has pages as the others have, and begins with the version that we list before upstream's first",
    "/v1/instances/{}/external-subnets GET",
  ),
  except(
    "nexus-internal",
    ["request", "response"],
    "a sled also says where its underlay address and its switch's dpd are, which upstream has from elsewhere",
    "/sled-agents/{} GET",
    "/sled-agents/{} POST",
  ),
  except(
    "nexus-internal",
    ["request", "request name"],
    "a sled also says why a VMM failed and where its propolis listens",
    "/vmms/{} PUT",
  ),
  except("nexus-lockstep", ["existence"], "what our operators' tool asks for; it is always of Nexus' own release", "*"),
  except("sled-agent", ["response"], "the inventory has no disks, zones and datasets", "/inventory GET"),
  except("sled-agent", ["request"], "uplinks are taken as they are stated and not looked into", "/switch-ports POST"),
  except(
    "sled-agent",
    ["request"],
    "of the rack's network only what NAT is about is looked into",
    "/network-bootstore-config PUT",
  ),
  except(
    "sled-agent",
    ["request"],
    "a component's name is a text that may be a UUID, not one of the two",
    "/vmms/{} PUT",
  ),
  except(
    "sled-agent",
    ["request"],
    "from 33 on a membership may stand without the word join or leave; fields beside it are ignored",
    "/vmms/{}/multicast-group DELETE",
    "/vmms/{}/multicast-group PUT",
  ),
  except(
    "sled-agent",
    ["existence"],
    "multicast on the underlay network is part of a branch that upstream has not merged, which numbers it from 33",
    "/networking/mcast-fwd DELETE",
    "/networking/mcast-fwd GET",
    "/networking/mcast-fwd PUT",
    "/networking/mcast-m2p DELETE",
    "/networking/mcast-m2p GET",
    "/networking/mcast-m2p PUT",
  ),
  except(
    "propolis",
    ["request", "response"],
    "a component's name is a text that may be a UUID, not one of the two; fields that nobody knows are refused by the reader of the specification",
    "/instance PUT",
    "/instance/spec GET",
  ),
  except(
    "propolis",
    ["status"],
    "WebSockets are documented as in versions 1 to 3, without the status 101",
    "/instance/migrate/{}/start GET",
    "/instance/serial GET",
  ),
];
