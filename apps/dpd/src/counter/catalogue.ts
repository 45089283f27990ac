/**
 * The counters of the P4 program that belong to no table. They are indexed by a port of the ASIC or by a cause; what is
 * listed of them is what counted something, as no packet goes through yet: the causes that always are listed, at zero.
 */
import { invalid } from "../errors.ts";

export interface CounterDecl {
  /** As the API lists it. */
  readonly name: string;
  readonly p4: string;
  readonly index: "service" | "port" | "packet" | "reason";
  readonly bytes: boolean;
}

const counter = (name: string, p4: string, index: CounterDecl["index"], bytes = false): CounterDecl => ({
  name,
  p4,
  index,
  bytes,
});

export const COUNTERS: readonly CounterDecl[] = [
  counter("Service", "Ingress.services.service_ctr", "service"),
  counter("Ingress", "Ingress.ingress_ctr", "port", true),
  counter("Egress", "Egress.egress_ctr", "port", true),
  counter("Packet", "Ingress.packet_ctr", "packet"),
  counter("Ingress_Drop_Port", "Ingress.drop_port_ctr", "port"),
  counter("Ingress_Drop_Reason", "Ingress.drop_reason_ctr", "reason"),
  counter("Egress_Drop_Port", "Egress.drop_port_ctr", "port"),
  counter("Egress_Drop_Reason", "Egress.drop_reason_ctr", "reason"),
  counter("Unicast", "Egress.unicast_ctr", "port", true),
  counter("Multicast", "Egress.mcast_ctr", "port", true),
  counter("Multicast_External", "Egress.external_mcast_ctr", "port", true),
  counter("Multicast_Link_Local", "Egress.link_local_mcast_ctr", "port", true),
  counter("Multicast_Underlay", "Egress.underlay_mcast_ctr", "port", true),
  counter("Multicast_Drop", "Ingress.filter.drop_mcast_ctr", "port"),
];

/** Upstream accepts these too. */
const ALIASES: Readonly<Record<string, string>> = {
  multicastext: "multicastexternal",
  multicastll: "multicastlinklocal",
  multicastul: "multicastunderlay",
};

const fold = (name: string): string => name.toLowerCase().replaceAll("_", "");
const byName = new Map(COUNTERS.map((declared) => [fold(declared.name), declared]));

/** The counter of that name, in any case and without regard to underscores; undefined when there is none. */
export function findCounter(name: string): CounterDecl | undefined {
  const folded = fold(name);
  return byName.get(ALIASES[folded] ?? folded);
}

/** Throws `invalid`, as upstream does. */
export function getCounter(name: string): CounterDecl {
  const found = findCounter(name);
  if (found === undefined) throw invalid(`no such counter: ${name}`);
  return found;
}

export const SERVICES = [
  "fw_to_user",
  "fw_from_user",
  "ping_v4_reply",
  "ping_v6_reply",
  "bad_ping",
  "inbound_link_local",
  "pass",
] as const;

/** By number, from 1. Spelt as on the wire. */
export const DROP_REASONS = [
  "ipv4_switch_addr_miss",
  "ipv6_switch_addr_miss",
  "bad_ping",
  "nat_header_error",
  "arp_mapping_null",
  "arp_miss",
  "ndp_mapping_null",
  "ndp_miss",
  "multicast_to_local_interface",
  "ipv4_checksum_err",
  "ipv4_ttl_invalid",
  "ipv4_ttl_exceeded",
  "ipv6_ttl_invalid",
  "ipv6_ttl_exceeded",
  "ipv4_unrouteable",
  "ipv6_unrouteable",
  "nat_ingress_miss",
  "nat_engress_blocked",
  "multicast_no_group",
  "multicast_invalid_mac",
  "multicast_cpu_copy",
  "multicast_src_filtered",
  "multicast_path_filtered",
  "geneve_options_too_long",
  "geneve_option_malformed",
  "geneve_option_unknown",
  "drop_sctp",
] as const;
