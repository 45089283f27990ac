/**
 * M2P: which multicast group of the underlay network carries a group of VMs. One mapping per group; set and clear name
 * both halves, so that a late request about an old mapping does not touch a new one.
 */
import { isMulticast, sortedByIp } from "@racklet/net";
import { SledAgentError, invalid } from "../errors.ts";
import { checkUnderlayGroup } from "./underlay.ts";

export interface M2pMapping {
  readonly group: string;
  readonly underlay: string;
}

export const M2P_CAPACITY = 64 * 1024;

export class M2pTable {
  readonly #underlayOf = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity: number = M2P_CAPACITY) {
    this.#capacity = capacity;
  }

  /** Throws `conflict` when the group is mapped elsewhere, `invalid` for what can be no mapping. */
  set(mapping: M2pMapping): void {
    check(mapping);
    const { group, underlay } = mapping;
    const known = this.#underlayOf.get(group);
    if (known === underlay) return;
    if (known !== undefined) {
      throw new SledAgentError("conflict", `group ${group} is mapped to ${known}, not ${underlay}; clear that first`);
    }
    if (this.#underlayOf.size >= this.#capacity) {
      throw new SledAgentError("insufficientCapacity", `the M2P table is full (${this.#capacity} mappings)`);
    }
    this.#underlayOf.set(group, underlay);
  }

  /** Does nothing when the group is mapped elsewhere or not at all. */
  clear(mapping: M2pMapping): void {
    check(mapping);
    if (this.#underlayOf.get(mapping.group) === mapping.underlay) this.#underlayOf.delete(mapping.group);
  }

  find(group: string): string | undefined {
    return this.#underlayOf.get(group);
  }

  /** By group, IPv4 first. */
  list(): M2pMapping[] {
    const mappings = Array.from(this.#underlayOf, ([group, underlay]) => ({ group, underlay }));
    return sortedByIp(mappings, ({ group }) => group);
  }

  get size(): number {
    return this.#underlayOf.size;
  }
}

function check({ group, underlay }: M2pMapping): void {
  if (!isMulticast(group)) throw invalid(`group: ${group} is not a multicast address`);
  checkUnderlayGroup(underlay);
}
