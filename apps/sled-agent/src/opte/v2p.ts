/** Which sled a virtual address lives on: what a port needs to send to a VM elsewhere. */
import { sortedByIp } from "@racklet/net";
import { SledAgentError } from "../errors.ts";

export interface V2pMapping {
  readonly vni: number;
  readonly virtualIp: string;
  readonly virtualMac: string;
  /** The underlay address of the sled. */
  readonly physicalHostIp: string;
}

/** A rack of 32 sleds with 1,000 VMs of 8 dual-stack interfaces each. */
export const V2P_CAPACITY = 512 * 1024;

export class V2pTable {
  readonly #mappings = new Map<string, V2pMapping>();
  readonly #capacity: number;

  constructor(capacity: number = V2P_CAPACITY) {
    this.#capacity = capacity;
  }

  /** Replaces the mapping of the same address in the same network. */
  set(mapping: V2pMapping): void {
    const key = keyOf(mapping);
    if (!this.#mappings.has(key) && this.#mappings.size >= this.#capacity) {
      throw new SledAgentError("insufficientCapacity", `the V2P table is full (${this.#capacity} mappings)`);
    }
    this.#mappings.set(key, mapping);
  }

  /** By network and address; absent is fine. */
  delete(mapping: Pick<V2pMapping, "vni" | "virtualIp">): void {
    this.#mappings.delete(keyOf(mapping));
  }

  /** By network, then address. */
  list(): V2pMapping[] {
    return sortedByIp(this.#mappings.values(), ({ virtualIp }) => virtualIp).sort((a, b) => a.vni - b.vni);
  }

  get size(): number {
    return this.#mappings.size;
  }
}

const keyOf = ({ vni, virtualIp }: Pick<V2pMapping, "vni" | "virtualIp">): string => `${vni} ${virtualIp}`;
