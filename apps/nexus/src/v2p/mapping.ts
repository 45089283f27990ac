/** Which sled a virtual address lives on, as every sled must know it; and what takes a sled there. Pure. */
export interface Mapping {
  readonly vni: number;
  readonly virtualIp: string;
  readonly virtualMac: string;
  /** The underlay address of the sled. */
  readonly physicalHostIp: string;
}

export interface MappingChanges {
  readonly set: readonly Mapping[];
  readonly remove: readonly Mapping[];
}

/** One address in one network leads to one sled. */
export const mappingKey = ({ vni, virtualIp }: Mapping): string => `${vni} ${virtualIp}`;

export const mappingsByKey = (mappings: Iterable<Mapping>): Map<string, Mapping> =>
  new Map([...mappings].map((mapping) => [mappingKey(mapping), mapping]));

/** What is wrong is replaced in one step, never removed first: there is no moment at which packets have nowhere to go. */
export function planMappings(
  current: ReadonlyMap<string, Mapping>,
  desired: ReadonlyMap<string, Mapping>,
): MappingChanges {
  const set = [...desired].flatMap(([key, mapping]) => (isSame(current.get(key), mapping) ? [] : mapping));
  const remove = [...current].flatMap(([key, mapping]) => (desired.has(key) ? [] : mapping));
  return { set, remove };
}

function isSame(a: Mapping | undefined, b: Mapping): boolean {
  return a?.virtualMac === b.virtualMac && a.physicalHostIp === b.physicalHostIp;
}
