/**
 * The seam between dpd and an ASIC. Operations are synchronous: the software backends answer in well under a
 * microsecond, and a caller that applies many of them decides where to let other work run.
 */
import type { TableDecl } from "../table/types.ts";

export interface TableUsage {
  /** Entries the table can hold. */
  readonly size: number;
  readonly occupancy: number;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  /** Inserts refused because the key was there. */
  readonly collisions: number;
  readonly updateMisses: number;
  readonly deleteMisses: number;
  /** Inserts refused because the table was full. */
  readonly exhaustion: number;
}

export interface RowCounter<R> {
  readonly row: R;
  readonly packets: number;
  readonly bytes: number;
}

/**
 * One table of an ASIC. A row is kept by reference and must never change its key or its action afterwards. Operations
 * throw DpdError: `tableFull`, `exists`, `missing`, `unavailable`, `synthetic` or `asicFailure`; one that throws has
 * usually not happened, but a real ASIC may fail after the fact, so a caller that cares reads back with `find`.
 */
export interface AsicTable<R> {
  insert(row: R): void;
  /** Replaces the action of the entry with the key of `row`, without a moment when there is none. */
  update(row: R): void;
  /** Removes the entry with the key of `row`. */
  delete(row: R): void;
  clear(): void;
  /** The entry with exactly the key of `row`. */
  find(row: R): R | undefined;
  /** All entries, as they are now. */
  rows(): readonly R[];
  counters(): readonly RowCounter<R>[];
  usage(): TableUsage;
}

/** A port that gets a copy of what is sent to a multicast group. */
export interface GroupMember {
  /** The number of the ASIC port. */
  readonly port: number;
  /** What the copy is marked with; egress looks it up. */
  readonly rid: number;
  /** 0 excludes nothing. */
  readonly level1ExclusionId: number;
}

/** Multicast groups, by id 1..65535. Errors as those of AsicTable; a port that is in the group already is `asicFailure`. */
export interface AsicGroups {
  /** An empty group. */
  create(id: number): void;
  /** Its members go with it. */
  destroy(id: number): void;
  addPort(id: number, member: GroupMember): void;
  removePort(id: number, port: number): void;
  /** The members; undefined when there is no such group. */
  find(id: number): readonly GroupMember[] | undefined;
  list(): readonly number[];
  clear(): void;
}

/** What a port of the ASIC is set to. The words of speed and FEC are those of the API. */
export interface PortConfig {
  /** The number of the ASIC port, 0..511. */
  readonly port: number;
  readonly speed: string;
  readonly fec: string | null;
  readonly autoneg: boolean;
  readonly kr: boolean;
  readonly enabled: boolean;
}

/** Ports, kept by reference as rows are. Errors as those of AsicTable. */
export interface AsicPorts {
  create(config: PortConfig): void;
  update(config: PortConfig): void;
  delete(port: number): void;
  find(port: number): PortConfig | undefined;
  list(): readonly PortConfig[];
  isUp(port: number): boolean;
  clear(): void;
}

export interface AsicBackend {
  /** For people: `model`, `chaos(model)`, `absent`. */
  readonly name: string;
  table<R>(table: TableDecl<R>): AsicTable<R>;
  readonly groups: AsicGroups;
  readonly ports: AsicPorts;
}
