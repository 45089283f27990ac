/** NAT targets and entries for tests. */
import type { NatGroupEntry, NatTarget } from "@racklet/api-types/dpd/latest";

export function target(n = 1): NatTarget {
  return {
    internal_ip: `fd00:1122:3344:101::${n.toString(16)}`,
    inner_mac: { a: [0xa8, 0x40, 0x25, 0xf0, (n >> 8) & 255, n & 255] },
    vni: 100 + n,
  };
}

export function entry(external: string, low = 0, high = 65_535, n = 1): NatGroupEntry {
  return { external, low, high, target: target(n) };
}

/** `count` entries: four port blocks on each of consecutive IPv4 addresses from 10.0.0.0. */
export function manyEntries(count: number): NatGroupEntry[] {
  return Array.from({ length: count }, (_, i) => {
    const address = i >> 2;
    const low = (i & 3) * 16_384;
    return entry(`10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`, low, low + 16_383, 1 + (i % 60_000));
  });
}
