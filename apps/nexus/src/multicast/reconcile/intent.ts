/** What every switch and every sled must hold for multicast: data, compiled from the rows by `compile`. */
import type { SwitchSlot } from "../../peers/switches.ts";

/** One external group with its group on the underlay, as a switch must hold them. */
export interface SwitchGroup {
  readonly groupId: string;
  readonly ip: string;
  readonly underlayIp: string;
  /** Of both. */
  readonly tag: string;
  readonly vni: number;
  readonly vlan: number | null;
  /** In order of address; null: any. */
  readonly sources: readonly string[] | null;
  /** Sleds that have members, in order of id. */
  readonly sledIds: readonly string[];
}

export interface SwitchIntent {
  /** By external address. */
  readonly groups: ReadonlyMap<string, SwitchGroup>;
  /** Tags of groups that are just coming to exist: whatever the switch holds of them is left as it is. */
  readonly spared: ReadonlySet<string>;
}

/** By propolis and group. */
export interface Subscription {
  readonly propolisId: string;
  readonly groupIp: string;
  /** In order of address; empty: any. */
  readonly sources: readonly string[];
  readonly memberIds: readonly string[];
  /** The VMM is there only when a migration succeeds: a sled-agent that does not know it yet is no failure. */
  readonly isIncoming: boolean;
}

export interface Leaving {
  readonly propolisId: string;
  readonly groupIp: string;
}

export interface SledIntent {
  /** External address to underlay address. */
  readonly m2p: ReadonlyMap<string, string>;
  /** Underlay address to the address of the one switch zone that packets go to. */
  readonly forwarding: ReadonlyMap<string, string>;
  /** By `subscriptionKey`. */
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  /** Memberships that ended while the VMM goes on, until the sled has let go. */
  readonly leaving: readonly Leaving[];
  /** What cannot be had: the sled cannot hold all it must. */
  readonly problems: readonly string[];
}

export interface Intent {
  readonly generation: number;
  /** The newest generation of which nothing is still waiting for a group to come to exist: as much can be acknowledged. */
  readonly settledGeneration: number;
  readonly switches: SwitchIntent;
  /** Those in service, by id. */
  readonly sleds: ReadonlyMap<string, SledIntent>;
  /** Cubbies of the sleds in service, by id: those that have one. */
  readonly cubbies: ReadonlyMap<string, number>;
  /** Where the switches are on the underlay. */
  readonly switchZones: readonly SwitchZone[];
}

export interface SwitchZone {
  readonly slot: SwitchSlot;
  readonly address: string;
}

export const subscriptionKey = (propolisId: string, groupIp: string): string => `${propolisId} ${groupIp}`;
