/** What a port and a link are to dpd. A link is a value: a change makes a new one, so a reader never sees half of it. */
import type { Family, SwitchAddressRow } from "../table/port.ts";

/** `int0`, `rear0` … `rear31`, `qsfp0` … `qsfp31`, lower case. */
export type PortId = string;

export type PortSpeed =
  | "Speed0G"
  | "Speed1G"
  | "Speed10G"
  | "Speed25G"
  | "Speed40G"
  | "Speed50G"
  | "Speed100G"
  | "Speed200G"
  | "Speed400G";
export type PortFec = "None" | "Firecode" | "RS";
export type PortMedia = "Copper" | "Optical" | "CPU" | "None" | "Unknown";

/** Transceiver equalisation, as the API has it. */
export interface TxEq {
  readonly pre1?: number | null | undefined;
  readonly pre2?: number | null | undefined;
  readonly main?: number | null | undefined;
  readonly post1?: number | null | undefined;
  readonly post2?: number | null | undefined;
}

export interface LinkParams {
  /** First lane of the link, which is also its id; null is the lowest free one. */
  readonly lane: number | null;
  readonly speed: PortSpeed;
  readonly fec: PortFec | null;
  readonly autoneg: boolean;
  readonly kr: boolean;
  readonly txEq: TxEq | null;
  readonly allowDdmTraffic: boolean;
}

export type FaultKind = "LinkFlap" | "Autoneg" | "Injected";

export interface LinkFault {
  readonly kind: FaultKind;
  readonly message: string;
}

export type LinkState = "up" | "down" | "unknown" | { readonly faulted: LinkFault };

/** An address of a link, or a loopback. Equal when the addresses are. */
export interface AddressEntry {
  /** Canonical text. */
  readonly addr: string;
  readonly tag: string;
}

/** An address with the entries it has in the ASIC. */
export interface PlumbedAddress extends AddressEntry {
  readonly family: Family;
  readonly rows: readonly SwitchAddressRow[];
}

export interface Link extends Omit<LinkParams, "lane"> {
  readonly portId: PortId;
  readonly linkId: number;
  /** Number of the ASIC port. */
  readonly asicId: number;
  /** 48 bits. */
  readonly mac: number;
  readonly enabled: boolean;
  readonly ipv6Enabled: boolean;
  /** Faces the customer's network: only traffic with a NAT mapping is let in. `nat_only` before version 5. */
  readonly uplink: boolean;
  /** `Mission` is ordinary traffic. */
  readonly prbs: string;
  readonly media: PortMedia;
  readonly fault: LinkFault | null;
  /** In numeric order. */
  readonly ipv4: readonly PlumbedAddress[];
  readonly ipv6: readonly PlumbedAddress[];
}

export interface LinkSettings {
  readonly params: LinkParams;
  /** A set: order and repetition mean nothing. */
  readonly addrs: readonly string[];
}

/** By link id. */
export type PortSettings = ReadonlyMap<number, LinkSettings>;

export interface TfportData {
  readonly portId: PortId;
  readonly linkId: number;
  readonly asicId: number;
  readonly mac: number;
  readonly ipv6Enabled: boolean;
  readonly linkLocal: string | null;
}

/** The ports, links and addresses of a switch. Errors: `missing` (port, link, address), `exists`, `unavailable`, `invalid`. */
export interface PortsApi {
  listPorts(): PortId[];
  /** Throws `missing`. */
  checkPort(portId: PortId): void;
  /** The id of the link. `unavailable` when the lane is taken, none is free, or the base MAC is not known. */
  createLink(portId: PortId, params: LinkParams): Promise<number>;
  listLinks(portId: PortId): Link[];
  /** `filter` is a part of `port/link`. */
  listAllLinks(filter?: string): Link[];
  getLink(portId: PortId, linkId: number): Link;
  deleteLink(portId: PortId, linkId: number): Promise<void>;
  setEnabled(portId: PortId, linkId: number, enabled: boolean): Promise<void>;
  setIpv6Enabled(portId: PortId, linkId: number, enabled: boolean): Promise<void>;
  setUplink(portId: PortId, linkId: number, uplink: boolean): Promise<void>;
  setMac(portId: PortId, linkId: number, mac: number): Promise<void>;
  setAutoneg(portId: PortId, linkId: number, autoneg: boolean): Promise<void>;
  setKr(portId: PortId, linkId: number, kr: boolean): Promise<void>;
  setPrbs(portId: PortId, linkId: number, mode: string): Promise<void>;
  /** Null clears. */
  setFault(portId: PortId, linkId: number, fault: LinkFault | null): Promise<void>;
  isLinkUp(link: Link): boolean;
  linkState(link: Link): LinkState;
  listAddresses(portId: PortId, linkId: number, family: Family, limit: number, after?: string): AddressEntry[];
  createAddress(portId: PortId, linkId: number, entry: AddressEntry): Promise<void>;
  deleteAddress(portId: PortId, linkId: number, addr: string): Promise<void>;
  resetAddresses(portId: PortId, linkId: number, family: Family): Promise<void>;
  /** The links, and of their addresses those with the tag. */
  getSettings(portId: PortId, tag: string): PortSettings;
  /** Makes links and the addresses of the tag what is asked for; answers what they then are. */
  applySettings(portId: PortId, settings: PortSettings, tag: string): Promise<PortSettings>;
  clearSettings(portId: PortId, tag: string): Promise<PortSettings>;
  tfportData(): TfportData[];
  /** Number of the ASIC port of an existing link; throws `missing`. */
  asicPort(portId: PortId, linkId: number): number;
  /** ASIC port of an existing link and bit of its port in a bitmap of ports; throws `missing`. */
  place(portId: PortId, linkId: number): { readonly asicPort: number; readonly bit: number };
  /** Removes all addresses from all links; the links stay as they are, as upstream's do. */
  reset(): Promise<void>;
  /** Removes the addresses with the tag from all links. */
  resetTag(tag: string): Promise<void>;
  /** Where the MAC addresses of links start, 48 bits. */
  setBaseMac(mac: number): void;
}
