/** What requests to Nexus are about: things called alpha and beta, and addresses of one pool. */
import { createPool, type Pool } from "./pool.ts";
import { RACK_ID, SLED_ADDRESS, SLED_ID } from "./sled-app.ts";
import { VMM } from "./vmm.ts";

const NAMES = [...Array.from({ length: 8 }, () => "alpha"), "beta"];

/** Fields and parameters that name a thing. */
const NAMED = [
  "project",
  "instance",
  "floating_ip",
  "pool",
  "vpc",
  "subnet",
  "router",
  "route",
  "gateway",
  "ssh_key",
  "vpc_name",
  "subnet_name",
  "parent",
  "ip_pool",
  "address_name",
];

/** Multicast groups are also named by address. */
const GROUPS = [...NAMES, "224.1.0.7"];

const described = { name: "beta", description: "" };
const GIB = 2 ** 30;

/** Whole bodies, where made-up ones would hardly ever make sense. */
const BODIES = {
  instance_create: [
    { ...described, hostname: "beta", ncpus: 1, memory: GIB, start: false },
    {
      ...described,
      hostname: "beta",
      ncpus: 1,
      memory: GIB,
      start: true,
      external_ips: [{ type: "floating", floating_ip: "alpha" }],
    },
  ],
  instance_update: [
    { ncpus: 2, memory: GIB, boot_disk: null, auto_restart_policy: null, cpu_platform: null, multicast_groups: null },
    { ncpus: 1, memory: GIB, boot_disk: null, auto_restart_policy: null, cpu_platform: null, multicast_groups: [] },
  ],
  instance_network_interface_create: [{ ...described, vpc_name: "alpha", subnet_name: "alpha" }],
  instance_network_interface_update: [{ description: "changed" }],
  floating_ip_attach: [{ kind: "instance", parent: "alpha" }],
  floating_ip_create: [described],
  vpc_create: [{ ...described, dns_name: "beta" }],
  vpc_subnet_create: [{ ...described, ipv4_block: "172.30.128.0/22" }],
  vpc_subnet_update: [{ description: "changed" }],
  vpc_router_create: [described],
  vpc_router_update: [{ description: "changed" }],
  vpc_router_route_create: [
    { ...described, destination: { type: "ip_net", value: "10.9.0.0/16" }, target: { type: "drop" } },
    { ...described, name: "alpha", destination: { type: "ip_net", value: "10.8.0.0/16" }, target: { type: "drop" } },
  ],
  vpc_firewall_rules_update: [{ rules: [] }],
  internet_gateway_create: [described],
  silo_create: [
    {
      ...described,
      discoverable: true,
      identity_mode: "local_only",
      quotas: { cpus: 1, memory: GIB, storage: 0 },
      mapped_fleet_roles: {},
      tls_certificates: [],
    },
  ],
  instance_multicast_group_join: [{}, { source_ips: ["10.0.0.1"] }],
  multicast_group_create: [described, { ...described, multicast_ip: "224.1.0.9", source_ips: ["10.0.0.1"] }],
  multicast_group_update: [{ description: "changed" }, { source_ips: ["10.0.0.2"] }],
  multicast_group_member_add: [{ instance: "alpha" }],
  login_local: [{ username: "test-privileged", password: "oxide" }],
  system_ip_pool_range_add: [{ first: "10.2.0.0", last: "10.2.0.9" }],
  system_ip_pool_service_range_add: [{ first: "10.3.0.0", last: "10.3.0.9" }],
  system_ip_pool_service_range_remove: [{ first: "10.3.0.0", last: "10.3.0.9" }],
  system_ip_pool_silo_link: [{ silo: "default-silo", is_default: false }],
  system_ip_pool_silo_update: [{ is_default: true }],
  system_ip_pool_update: [{ description: "changed" }],
};

export function nexusPool(): Pool {
  return createPool(
    {
      ...Object.fromEntries(NAMED.map((name) => [name, NAMES])),
      // What is to be made should rarely exist.
      name: ["beta", "beta", "alpha", "gamma-2"],
      ...BODIES,
      interface: ["net0", "alpha", "beta"],
      silo: ["test-suite-silo", "test-suite-silo", "default-silo", "alpha", "beta"],
      silo_name: ["test-suite-silo", "default-silo"],
      sled: [SLED_ID],
      sled_id: [SLED_ID],
      switch_id: [SLED_ID],
      rack_id: [RACK_ID],
      propolis_id: [VMM],
      sa_address: [SLED_ADDRESS],
      bgtask_name: ["instance_watcher", "nat_cleanup"],
      bgtask_names: [["instance_watcher"], ["nat_cleanup", "v2p_manager"]],
      username: ["test-privileged", "alpha"],
      password: ["oxide"],
      first: ["10.1.0.0", "10.2.0.0", "fd10::"],
      last: ["10.1.0.255", "10.2.0.9", "fd10::ff"],
      ip: ["10.1.0.7", "10.1.0.9"],
      address: ["10.1.0.7", "224.1.0.1"],
      multicast_group: GROUPS,
      group: GROUPS,
      multicast_ip: ["224.1.0.7", "224.1.0.9"],
      source_ips: [["10.0.0.1"], [], ["fd00::1"]],
      mvlan: [null, 2, 30],
      ncpus: [1, 2],
      memory: [2 ** 30, 2 ** 31],
      hostname: ["alpha"],
      disks: [[]],
      boot_disk: [null],
      generation: [1, 2, 3],
      from_gen: [0, 1],
    },
    // Which texts name a group, and which addresses can be sources, no document says.
    { ids: [SLED_ID, RACK_ID], exact: ["multicast_group", "group", "multicast_ip", "source_ips", "mvlan"] },
  );
}
