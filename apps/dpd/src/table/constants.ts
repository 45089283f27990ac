/** Tables whose entries are part of the P4 program: not listed by the API and not programmable. For documentation. */
export interface ConstantTable {
  readonly p4: string;
  readonly effect: string;
}

export const CONSTANT_TABLES: readonly ConstantTable[] = [
  {
    p4: "pipe.Ingress.services.service",
    effect: "what the switch itself answers or hands to its CPU: ping, ARP, its own addresses, link-local multicast",
  },
  {
    p4: "pipe.Ingress.nat_ingress.icmp_dst_port",
    effect: "for ICMP echo of either family (types 8, 0, 128, 129) the identifier stands in for the destination port",
  },
  {
    p4: "pipe.Ingress.nat_ingress.ingress_hit",
    effect: "moves exactly one of TCP, UDP and ICMP into the inner headers when a packet is to be encapsulated",
  },
  { p4: "CalculateIPv4Len.ipv4_set_len", effect: "the length of the payload by the length of the IPv4 header" },
  {
    p4: "pipe.Ingress.nat_egress.nat_egress",
    effect: "decapsulates by inner family and protocol; everything else is dropped with reason 4",
  },
  {
    p4: "pipe.Ingress.mcast_ingress.mcast_tag_check",
    effect: "keeps the ASIC groups that the replication tag of the packet asks for",
  },
  { p4: "lookup_idx.select_route", effect: "the hash of a flow (0..63) modulo the slots of the route (1..32)" },
  {
    p4: "pipe.Egress.mcast_egress.mcast_tag_check",
    effect: "finds copies for an underlay group (ff04::/64) whose tag asks for both kinds of member",
  },
  {
    p4: "pipe.Egress.mcast_egress.port_bitmap_check",
    effect: "port number n is bit n & 31 of word n >> 5 of the bitmap",
  },
  {
    p4: "pipe.Egress.mcast_egress.modify_hdr",
    effect: "decapsulates a copy by inner family, and tags it when the group has a VLAN",
  },
];
