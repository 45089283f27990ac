/** Multicast groups as dpd keeps them. A group is never changed: an update puts another in its place. */
import type { IdPair } from "./ids.ts";

export type Direction = "underlay" | "external";

/** A link of the switch that copies leave through. */
export interface Member {
  /** Lower case, for example `rear3`. */
  readonly portId: string;
  readonly linkId: number;
  readonly direction: Direction;
  /** Where the link was when the member was named. */
  readonly place: MemberPlace;
}

/** Where copies for a link go. */
export interface MemberPlace {
  /** Number of the ASIC port. */
  readonly asicPort: number;
  /** Number by which the bitmap of decapsulating ports knows the port, 0..255. */
  readonly bit: number;
}

export interface UnderlayGroup {
  readonly kind: "underlay";
  readonly ip: string;
  readonly tag: string;
  readonly ids: IdPair;
  readonly members: readonly Member[];
}

/** Where packets of an external group go in the rack. */
export interface McastTarget {
  /** Address of an underlay group. */
  readonly internalIp: string;
  /** 48-bit number. */
  readonly innerMac: number;
  readonly vni: number;
}

/** Unicast addresses, IPv4 before IPv6 and then by number, each once; null accepts any source. */
export type Sources = readonly string[] | null;

export interface ExternalGroup {
  readonly kind: "external";
  readonly ip: string;
  readonly tag: string;
  /** Those of the underlay group that the target names. */
  readonly ids: IdPair;
  readonly target: McastTarget;
  readonly vlan: number | null;
  readonly sources: Sources;
}

export type Group = UnderlayGroup | ExternalGroup;
