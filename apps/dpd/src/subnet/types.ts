/** Attached subnets: traffic for a prefix goes to one instance. */
import type { IpNet } from "@racklet/net";

export interface InstanceTarget {
  /** The underlay address of the sled, canonical text. */
  readonly internalIp: string;
  /** 48 bits. */
  readonly mac: number;
  readonly vni: number;
}

export interface AttachedSubnet extends InstanceTarget {
  /** Without host bits. */
  readonly subnet: IpNet;
}

export interface SubnetsApi {
  /** IPv4 before IPv6, by network, strictly after `after`; at most 64 whatever the limit. */
  list(limit: number, after?: IpNet): AttachedSubnet[];
  /** Throws `missing` with upstream's `no mapping`. */
  get(subnet: IpNet): AttachedSubnet;
  /** No error when it is there exactly; `exists` with upstream's `conflicting mapping` when the target is another. */
  create(subnet: IpNet, target: InstanceTarget): Promise<void>;
  /** No error when it is not there. */
  delete(subnet: IpNet): Promise<void>;
  reset(): Promise<void>;
}
