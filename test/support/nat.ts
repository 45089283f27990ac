/** The NAT entries of a switch as people compare them. */
import type { DpdClient } from "@racklet/dpd-client";

export interface SeenNat {
  readonly external: string;
  readonly ports: string;
  readonly sled: string;
  readonly mac: string;
  readonly vni: number;
}

/** Every entry of both families, through the lists that any version of dpd has. */
export async function natEntries(dpd: DpdClient): Promise<SeenNat[]> {
  const found: SeenNat[] = [];
  for await (const ipv4 of dpd.pages.nat_ipv4_addresses_list()) {
    for await (const entry of dpd.pages.nat_ipv4_list({ path: { ipv4 } })) found.push(seen(entry));
  }
  for await (const ipv6 of dpd.pages.nat_ipv6_addresses_list()) {
    for await (const entry of dpd.pages.nat_ipv6_list({ path: { ipv6 } })) found.push(seen(entry));
  }
  return found;
}

interface WireNat {
  external: string;
  low: number;
  high: number;
  target: { internal_ip: string; inner_mac: { a: number[] }; vni: number };
}

function seen({ external, low, high, target }: WireNat): SeenNat {
  return {
    external,
    ports: `${low}-${high}`,
    sled: target.internal_ip,
    mac: target.inner_mac.a.map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":"),
    vni: target.vni,
  };
}
