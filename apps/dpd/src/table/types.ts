/**
 * What a P4 table is to dpd: one declaration from which the dump, the capacity check, the counters and the index of
 * the software ASIC are derived. A table's entries are rows of any type `R`; the declaration says how to read the key
 * and the action's arguments out of a row, so a bulk operation need not build a second object per entry.
 */
export type Profile = "sidecar" | "large";

/** Tables of one domain change together, under that domain's lock. */
export type TableDomain = "nat" | "mcast" | "route" | "port" | "subnet" | "neighbor";

/** How a value is held: an address (`ipv4`, `ipv6`) as its canonical text, a MAC as a 48-bit number, the rest plainly. */
export type FieldType = "ipv4" | "ipv6" | "mac" | "uint" | "bool";

export type FieldValue = string | number | boolean;

interface FieldBase {
  /** The name in dpd's dump. */
  readonly name: string;
  readonly bits: number;
}

interface KeyBase extends FieldBase {
  /** The name in the P4 program. */
  readonly p4: string;
}

export interface ExactKey<R> extends KeyBase {
  readonly match: "exact";
  readonly type: FieldType;
  readonly value: (row: R) => FieldValue;
}

/** Prints as `network/length`. */
export interface LpmKey<R> extends KeyBase {
  readonly match: "lpm";
  readonly type: "ipv4" | "ipv6";
  readonly value: (row: R) => string;
  readonly length: (row: R) => number;
}

/** Prints as `0x<value>/0x<mask>`. */
export interface TernaryKey<R> extends KeyBase {
  readonly match: "ternary";
  readonly value: (row: R) => number;
  readonly mask: (row: R) => number;
}

/** Inclusive bounds; prints as `low-high`. */
export interface RangeKey<R> extends KeyBase {
  readonly match: "range";
  readonly low: (row: R) => number;
  readonly high: (row: R) => number;
}

export type KeyField<R> = ExactKey<R> | LpmKey<R> | TernaryKey<R> | RangeKey<R>;

export interface Param<R> extends FieldBase {
  readonly type: FieldType;
  readonly value: (row: R) => FieldValue;
}

export interface Action<R> {
  readonly name: string;
  readonly params: readonly Param<R>[];
}

export interface TableDecl<R> {
  /** As dpd lists it; unique, compared case-insensitively on input. */
  readonly name: string;
  readonly p4: string;
  readonly domain: TableDomain;
  readonly keys: readonly KeyField<R>[];
  readonly actions: readonly Action<R>[];
  /** Which of `actions` the row asks for. */
  readonly actionOf: (row: R) => Action<R>;
  /** What happens to a packet that matches no entry; not listed in a dump. */
  readonly defaultAction: string;
  readonly capacity: Readonly<Record<Profile, number>>;
  /** True when each entry has a counter of packets and bytes. */
  readonly counter: boolean;
}

/** A table whatever its rows are: its rows can be passed back to it and not be made up. */
export type AnyTable = TableDecl<never>;
