/** Wire types of addresses and numbers that Nexus, sled-agent and propolis write alike. Never changed once published. */
import { s } from "@racklet/api-kit/schema";
import { VNI_MAX } from "@racklet/net";

const OCTET = "([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";

export const MacAddr = s.named(
  "MacAddr",
  s.string({ pattern: "^([0-9a-fA-F]{0,2}:){5}[0-9a-fA-F]{0,2}$", minLength: 5, maxLength: 17 }),
  "A media access control address in EUI-48 format, upper-case where we write it.",
);

export const Vni = s.named(
  "Vni",
  s.integer("uint32", { minimum: 0, maximum: VNI_MAX }),
  "A Geneve virtual network identifier: 24 bits.",
);

export const Ipv4Net = s.named(
  "Ipv4Net",
  s.string({ pattern: `^(${OCTET}\\.){3}${OCTET}/([0-9]|1[0-9]|2[0-9]|3[0-2])$` }),
  "An IPv4 subnet: address, slash, prefix length.",
);

export const Ipv6Net = s.named(
  "Ipv6Net",
  s.string({ pattern: "^[0-9a-fA-F:]*:[0-9a-fA-F:.]*/([0-9]|[1-9][0-9]|1[0-1][0-9]|12[0-8])$" }),
  "An IPv6 subnet: address, slash, prefix length.",
);

export const IpNet = s.named("IpNet", s.oneOf([Ipv4Net, Ipv6Net]), "An IPv4 or IPv6 subnet.");

export const Generation = s.named("Generation", s.u64(), "A number that only grows, to order updates of one thing.");

export const ByteCount = s.named("ByteCount", s.u64(), "A number of bytes.");
