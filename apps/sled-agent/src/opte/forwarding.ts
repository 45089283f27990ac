/**
 * Where packets of an underlay group are sent. A set states all next hops of a group: it replaces, where the kernel module
 * merges. Entries have one form, next hops and sources in order of address, so equal ones compare as equal.
 */
import { isMulticast, isUnspecified, sortedByIp } from "@racklet/net";
import { SledAgentError, invalid } from "../errors.ts";
import { checkUnderlayGroup } from "./underlay.ts";
import type { SourceFilter } from "./types.ts";

export interface NextHop {
  /** Of a sled or switch, on the underlay network. */
  readonly address: string;
  readonly replication: "external" | "underlay" | "both";
  readonly filter: SourceFilter;
}

export interface ForwardingEntry {
  readonly underlay: string;
  /** May be none. */
  readonly nextHops: readonly NextHop[];
}

export const FORWARDING_CAPACITY = 64 * 1024;
/** More than a rack has sleds and switches. */
export const MAX_NEXT_HOPS = 256;

export class ForwardingTable {
  readonly #entries = new Map<string, ForwardingEntry>();
  readonly #capacity: number;
  #writes = 0;

  constructor(capacity: number = FORWARDING_CAPACITY) {
    this.#capacity = capacity;
  }

  /** Writes nothing when there is an equal entry. Throws `invalid` for what can be no entry. */
  set(entry: ForwardingEntry): void {
    const wanted = canonicalEntry(entry);
    const known = this.#entries.get(wanted.underlay);
    if (known !== undefined && sameEntry(known, wanted)) return;
    if (known === undefined && this.#entries.size >= this.#capacity) {
      throw new SledAgentError("insufficientCapacity", `the forwarding table is full (${this.#capacity} entries)`);
    }
    this.#entries.set(wanted.underlay, wanted);
    this.#writes += 1;
  }

  /** Absent is fine. Throws `invalid` for what is no group of the underlay. */
  clear(underlay: string): void {
    checkUnderlayGroup(underlay);
    if (this.#entries.delete(underlay)) this.#writes += 1;
  }

  /** By group. */
  list(): ForwardingEntry[] {
    return sortedByIp(this.#entries.values(), ({ underlay }) => underlay);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How often an entry was made, changed or removed. */
  get writes(): number {
    return this.#writes;
  }
}

/** Throws `invalid`. One next hop may be said twice, but not in two ways. */
export function canonicalEntry({ underlay, nextHops }: ForwardingEntry): ForwardingEntry {
  checkUnderlayGroup(underlay);
  if (nextHops.length > MAX_NEXT_HOPS) {
    throw invalid(`next_hops: ${nextHops.length} are more than the limit of ${MAX_NEXT_HOPS}`);
  }
  const byAddress = new Map<string, NextHop>();
  for (const hop of nextHops) {
    const { address, filter } = hop;
    if (isMulticast(address) || isUnspecified(address)) {
      throw invalid(`next_hops: ${address} is not the address of one host`);
    }
    const wanted: NextHop = {
      ...hop,
      filter: { mode: filter.mode, sources: sortedByIp(new Set(filter.sources), (source) => source) },
    };
    const known = byAddress.get(address);
    if (known !== undefined && !sameHop(known, wanted)) throw invalid(`next_hops: ${address} is listed in two ways`);
    byAddress.set(address, wanted);
  }
  return { underlay, nextHops: sortedByIp(byAddress.values(), ({ address }) => address) };
}

/** Both in the form of `canonicalEntry`. */
function sameEntry(a: ForwardingEntry, b: ForwardingEntry): boolean {
  return (
    a.nextHops.length === b.nextHops.length &&
    a.nextHops.every((hop, i) => {
      const other = b.nextHops[i];
      return other !== undefined && sameHop(hop, other);
    })
  );
}

function sameHop(a: NextHop, b: NextHop): boolean {
  return (
    a.address === b.address &&
    a.replication === b.replication &&
    a.filter.mode === b.filter.mode &&
    a.filter.sources.length === b.filter.sources.length &&
    a.filter.sources.every((source, i) => source === b.filter.sources[i])
  );
}
