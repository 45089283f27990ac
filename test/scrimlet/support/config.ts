/** Network configurations with the NAT entries of a rack's services, in both forms. */
export interface ZoneOptions {
  /** Number of the sled that Nexus runs on. */
  readonly sled?: number;
  /** Number of Nexus' external address. */
  readonly nexus?: number;
}

const zone = (n: number, sled: number, kind: object): object => ({
  zone_id: `20000000-0000-4000-8000-00000000000${n}`,
  sled_underlay_ip: `fd00:1122:3344:10${sled}::1`,
  nic_mac: `A8:40:25:FF:00:0${n}`,
  vni: 100,
  kind,
});

export const zones = ({ sled = 1, nexus = 1 }: ZoneOptions = {}): object[] => [
  zone(1, sled, { kind: "nexus", external_ip: `10.0.0.${nexus}` }),
  zone(2, 2, { kind: "external_dns", external_ip: "2001:db8::53" }),
  zone(3, 3, { kind: "boundary_ntp", snat_cfg: { ip: "10.0.0.9", first_port: 16_384, last_port: 32_767 } }),
];

const rack = { rack_network_config: { infra_ip_first: "10.0.0.100", ports: [] } };

/** The form of versions 39 and newer. */
export const config = (generation: number, nat = generation, entries: readonly object[] = zones()): object => ({
  generation,
  body: {
    ...rack,
    blueprint_external_networking_config: {
      blueprint_external_networking_generation: nat,
      service_zone_nat_entries: entries,
    },
  },
});

/** The form of versions 33 to 38. */
export const oldConfig = (generation: number, entries: readonly object[] = zones()): object => ({
  generation,
  body: { ...rack, service_zone_nat_entries: entries },
});

/** As `natEntries` shows them. */
export const seen = ({ sled = 1, nexus = 1 }: ZoneOptions = {}): object[] => [
  entry(`10.0.0.${nexus}`, "0-65535", sled, 1),
  entry("10.0.0.9", "16384-32767", 3, 3),
  entry("2001:db8::53", "0-65535", 2, 2),
];

const entry = (external: string, ports: string, sled: number, mac: number): object => ({
  external,
  ports,
  sled: `fd00:1122:3344:10${sled}::1`,
  mac: `A8:40:25:FF:00:0${mac}`,
  vni: 100,
});
