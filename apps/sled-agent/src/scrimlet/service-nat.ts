/** Which NAT entries the rack's services need, as the network configuration says. Pure. */
import { ALL_PORTS } from "@racklet/net";
import { invalid } from "../errors.ts";
import { describeEntry, entriesOverlap, type NatEntry } from "./nat-entry.ts";

export type ServiceKind = "nexus" | "external_dns" | "boundary_ntp";

export interface ServiceZone {
  readonly zoneId: string;
  readonly kind: ServiceKind;
  readonly entry: NatEntry;
}

export interface ServiceNat {
  /** Undefined in a form that has none: the entries then cannot be guarded against an older set. */
  readonly generation: number | undefined;
  readonly zones: readonly ServiceZone[];
}

export const SERVICE_KINDS: readonly ServiceKind[] = ["nexus", "external_dns", "boundary_ntp"];

/** What a switch can hold in one group. */
export const MAX_SERVICE_ZONES = 2048;

/** Of kinds that own an address, it is all of its ports. */
export const WHOLE_ADDRESS = { low: ALL_PORTS.low, high: ALL_PORTS.high };

/** Throws `invalid` for zones that cannot all be served, or a set that would leave the rack without one of its services. */
export function checkServiceNat({ generation, zones }: ServiceNat): ServiceNat {
  if (generation === 0) throw invalid("blueprint_external_networking_generation: 0 is below the first, which is 1");
  if (zones.length > MAX_SERVICE_ZONES) {
    throw invalid(`service_zone_nat_entries: ${zones.length} are more than the limit of ${MAX_SERVICE_ZONES}`);
  }
  for (const kind of SERVICE_KINDS) {
    if (!zones.some((zone) => zone.kind === kind)) {
      throw invalid(`service_zone_nat_entries: there is none of kind ${kind}, at least one is needed`);
    }
  }
  const ids = new Set<string>();
  const byAddress = new Map<string, ServiceZone[]>();
  for (const zone of zones) {
    if (ids.has(zone.zoneId)) throw invalid(`service_zone_nat_entries: zone ${zone.zoneId} is there twice`);
    ids.add(zone.zoneId);
    const others = byAddress.get(zone.entry.external) ?? [];
    const rival = others.find(({ entry }) => entriesOverlap(entry, zone.entry));
    if (rival !== undefined) {
      throw invalid(
        `service_zone_nat_entries: zones ${rival.zoneId} and ${zone.zoneId} overlap: ${describeEntry(rival.entry)}, ${describeEntry(zone.entry)}`,
      );
    }
    byAddress.set(zone.entry.external, [...others, zone]);
  }
  return { generation, zones };
}
