/** NAT entries: which sled, guest and virtual network an external address and port range leads to. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { VNI_MAX } from "@racklet/net";

export const MacAddr = s.named(
  "MacAddr",
  s.object({ a: s.array(s.u8(), { minItems: 6, maxItems: 6 }) }),
  "A MAC address as its six octets, first on the wire first.",
);
export type MacAddr = Infer<typeof MacAddr>;

export const Vni = s.named(
  "Vni",
  s.integer("uint32", { minimum: 0, maximum: VNI_MAX }),
  "A Geneve virtual network identifier: 24 bits.",
);

export const NatTarget = s.named(
  "NatTarget",
  s.object({ internal_ip: s.ipv6(), inner_mac: MacAddr, vni: Vni }),
  "Where traffic goes: the underlay address of a sled, and there the guest's MAC address in a virtual network.",
);
export type NatTarget = Infer<typeof NatTarget>;

export const Ipv4Nat = s.named(
  "Ipv4Nat",
  s.object({ external: s.ipv4(), low: s.u16(), high: s.u16(), target: NatTarget }),
  "An IPv4 address and an inclusive range of ports, and their target.",
);
export type Ipv4Nat = Infer<typeof Ipv4Nat>;

export const Ipv6Nat = s.named(
  "Ipv6Nat",
  s.object({ external: s.ipv6(), low: s.u16(), high: s.u16(), target: NatTarget }),
  "An IPv6 address and an inclusive range of ports, and their target.",
);
export type Ipv6Nat = Infer<typeof Ipv6Nat>;

export const Ipv4NatPage = resultsPageOf("Ipv4Nat", Ipv4Nat);
export const Ipv6NatPage = resultsPageOf("Ipv6Nat", Ipv6Nat);
// Upstream names the pages of bare addresses after Rust's formats, in lower case.
export const Ipv4AddressPage = resultsPageOf("ipv4", s.ipv4());
export const Ipv6AddressPage = resultsPageOf("ipv6", s.ipv6());

export const NatGeneration = s.i64();
/** Upstream answers `null` where there is nothing to say. */
export const Null = s.null();
