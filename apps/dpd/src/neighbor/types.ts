/** Which MAC address a next hop has: ARP and NDP, alike but for the family. */
export interface NeighborInput {
  readonly ip: string;
  /** 48 bits; 0 is a neighbor known not to answer, traffic for which is dropped. */
  readonly mac: number;
  readonly tag: string;
}

export interface Neighbor extends NeighborInput {
  /** When it was last written, in milliseconds since the epoch. */
  readonly updated: number;
}

export interface NeighborsApi {
  /** In numeric order, strictly after `after`. */
  list(limit: number, after?: string): Neighbor[];
  /** Throws `missing` with upstream's `no matching entry`. */
  get(ip: string): Neighbor;
  /** Creates or replaces. `invalid` for an address of the other family. */
  upsert(input: NeighborInput): Promise<void>;
  /** Throws `missing`. */
  delete(ip: string): Promise<void>;
  reset(): Promise<void>;
  resetTag(tag: string): Promise<void>;
}

export interface Neighbors {
  readonly arp: NeighborsApi;
  readonly ndp: NeighborsApi;
}
