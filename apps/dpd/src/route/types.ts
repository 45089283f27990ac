/** Routes: a prefix and the next hops that its traffic is spread over. */
import type { IpNet } from "@racklet/net";
import type { PortId } from "../port/types.ts";

/** An IPv4 route may have next hops of both families, an IPv6 route only IPv6 ones. Targets are equal but for the tag. */
export interface RouteTarget {
  readonly tag: string;
  readonly portId: PortId;
  readonly linkId: number;
  /** Canonical text. */
  readonly tgtIp: string;
  /** 2..4095; null for an untagged next hop. */
  readonly vlanId: number | null;
}

export interface Route {
  /** Without host bits. */
  readonly cidr: IpNet;
  /** 1..32 of them, in the order of the slots they have in the ASIC. */
  readonly targets: readonly RouteTarget[];
}

/** The routes of one family. A prefix with host bits means its network. */
export interface RoutesApi {
  /** In numeric order, strictly after `after`. */
  list(limit: number, after?: IpNet): Route[];
  /** Throws `missing` with upstream's `no such route`. */
  get(cidr: IpNet): Route;
  /**
   * Adds a next hop; no error when it is there. `invalid` over 32 next hops, `missing` for an unknown port or link,
   * `tableFull`.
   */
  add(cidr: IpNet, target: RouteTarget): Promise<void>;
  /** Makes it the only next hop. `exists` when the route has others and `replace` is false. */
  set(cidr: IpNet, target: RouteTarget, replace: boolean): Promise<void>;
  /** Throws `missing`. */
  delete(cidr: IpNet): Promise<void>;
  /** Removes the next hops there, whatever their VLAN; the last one takes the route with it. Throws `missing`. */
  deleteTarget(cidr: IpNet, portId: PortId, linkId: number, tgtIp: string): Promise<void>;
  reset(): Promise<void>;
  /** Removes the next hops with the tag. */
  resetTag(tag: string): Promise<void>;
}

export interface Routes {
  readonly ipv4: RoutesApi;
  readonly ipv6: RoutesApi;
}
