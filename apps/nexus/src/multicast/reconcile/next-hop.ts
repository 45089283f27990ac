/** Which switch a sled hands the packets of a group to: the same answer in every process, whatever the order of what it knows. */
import { formatIpv6, ipToBigint } from "@racklet/net";
import { SWITCH_SLOTS, type SwitchSlot } from "../../peers/switches.ts";
import type { SwitchZone } from "./intent.ts";
import type { SledRow, TargetRow } from "./rows.ts";

/** The switch zone's address within its sled's /64. */
const ZONE_HOST = 2n;
/** A switch that has been failing for this long gets no new packets while another one works. */
const OUT_AFTER_MS = 30_000;

/**
 * The zones of the scrimlets in service. Which switch a scrimlet has is known by its dpd's URL; the others are taken to have
 * the remaining ones, in order of cubby.
 */
export function switchZones(
  sleds: readonly SledRow[],
  slotOfUrl: (url: string) => SwitchSlot | undefined,
): SwitchZone[] {
  const scrimlets = sleds
    .filter(({ inService, scrimlet }) => inService && scrimlet)
    .sort((a, b) => (a.cubby ?? Infinity) - (b.cubby ?? Infinity) || (a.id < b.id ? -1 : 1));
  const slots = new Map<SwitchSlot, SledRow>();
  for (const sled of scrimlets) {
    const slot = sled.dpdUrl === null ? undefined : slotOfUrl(sled.dpdUrl);
    if (slot !== undefined && !slots.has(slot)) slots.set(slot, sled);
  }
  const others = scrimlets.filter((sled) => ![...slots.values()].includes(sled));
  for (const slot of SWITCH_SLOTS) {
    if (slots.has(slot)) continue;
    const next = others.shift();
    if (next !== undefined) slots.set(slot, next);
  }
  return SWITCH_SLOTS.flatMap((slot) => {
    const sled = slots.get(slot);
    return sled === undefined ? [] : { slot, address: zoneAddress(sled.underlayAddress) };
  });
}

const zoneAddress = (underlay: string): string => formatIpv6(((ipToBigint(underlay) >> 64n) << 64n) | ZONE_HOST);

/** Without the zones of switches that have long been failing, unless that leaves none. */
export function usableZones(
  zones: readonly SwitchZone[],
  targets: readonly TargetRow[],
  now: number,
): readonly SwitchZone[] {
  const isOut = ({ slot }: SwitchZone): boolean => {
    const row = targets.find(({ target }) => target === `switch${slot}`);
    return row !== undefined && row.lastError !== null && now - Date.parse(row.timeAttempted) >= OUT_AFTER_MS;
  };
  const usable = zones.filter((zone) => !isOut(zone));
  return usable.length === 0 ? zones : usable;
}

/** Rendezvous hashing: when a zone goes, only the groups that had it move. Undefined when there is none. */
export function chooseZone(groupId: string, zones: readonly SwitchZone[]): SwitchZone | undefined {
  let best: { readonly zone: SwitchZone; readonly weight: number } | undefined;
  for (const zone of zones) {
    const weight = hash(`${groupId} switch${zone.slot}`);
    if (best === undefined || weight > best.weight) best = { zone, weight };
  }
  return best?.zone;
}

/** FNV-1a, then mixed, since its last characters alone would hardly move the high bits. Every Nexus must have the same. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
