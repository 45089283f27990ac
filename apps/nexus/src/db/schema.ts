/**
 * The tables of Nexus as kysely sees them. Portable subset: ids and addresses are text, times are ISO 8601 UTC text, booleans are
 * 0 or 1, generations are integers, lists are JSON text. `*_sort` columns hold an address as fixed-width hex behind its
 * version digit, so that text order is numeric order, v4 before v6.
 */
import type { Generated } from "kysely";
import type { SagaTables } from "@racklet/saga";

type Bit = 0 | 1;

export interface Identity {
  id: string;
  name: string;
  description: string;
  time_created: string;
  time_modified: string;
  time_deleted: string | null;
}

export interface SiloTable extends Identity {
  discoverable: Bit;
  identity_mode: "local_only" | "saml_jit" | "saml_scim";
  admin_group_name: string | null;
  /** JSON: silo role → fleet roles. */
  mapped_fleet_roles: string;
}

export interface SiloQuotasTable {
  silo_id: string;
  cpus: number;
  memory_bytes: number;
  storage_bytes: number;
}

export interface SiloUserTable {
  id: string;
  silo_id: string;
  external_id: string;
  /** Encoded hash; null for users that cannot log in with a password. */
  password_hash: string | null;
  time_created: string;
  time_modified: string;
  time_deleted: string | null;
}

export interface RoleAssignmentTable {
  resource_type: "fleet" | "silo" | "project";
  resource_id: string;
  role_name: string;
  identity_type: "silo_user" | "silo_group";
  identity_id: string;
}

export interface ConsoleSessionTable {
  id: string;
  token_hash: string;
  silo_user_id: string;
  time_created: string;
  time_last_used: string;
}

export interface DeviceAuthRequestTable {
  client_id: string;
  device_code: string;
  user_code: string;
  time_created: string;
  time_expires: string;
  token_ttl_seconds: number | null;
}

export interface DeviceAccessTokenTable {
  id: string;
  /** Null once the client has fetched the token: only its hash is kept. */
  token: string | null;
  token_hash: string;
  client_id: string;
  device_code: string;
  silo_user_id: string;
  time_requested: string;
  time_created: string;
  time_expires: string | null;
}

export interface SshKeyTable extends Identity {
  silo_user_id: string;
  public_key: string;
}

export interface ProjectTable extends Identity {
  silo_id: string;
}

export interface VpcTable extends Identity {
  project_id: string;
  system_router_id: string;
  vni: number;
  ipv6_prefix: string;
  dns_name: string;
}

export interface VpcSubnetTable extends Identity {
  vpc_id: string;
  ipv4_block: string;
  ipv6_block: string;
  custom_router_id: string | null;
}

export interface VpcRouterTable extends Identity {
  vpc_id: string;
  kind: "system" | "custom";
}

export interface RouterRouteTable extends Identity {
  vpc_router_id: string;
  kind: "default" | "vpc_subnet" | "vpc_peering" | "custom";
  /** JSON in the wire's shape. */
  target: string;
  destination: string;
}

export interface VpcFirewallRuleTable extends Identity {
  vpc_id: string;
  status: "enabled" | "disabled";
  direction: "inbound" | "outbound";
  action: "allow" | "deny";
  priority: number;
  /** JSON in the newest wire shape. */
  targets: string;
  filters: string;
}

export interface InternetGatewayTable extends Identity {
  vpc_id: string;
}

export interface IpPoolTable extends Identity {
  ip_version: "v4" | "v6";
  pool_type: "unicast" | "multicast";
  assignment: "silos" | "system_services";
  /** Bumped by every range change: guards deletion. */
  rcgen: number;
}

export interface IpPoolSiloTable {
  ip_pool_id: string;
  silo_id: string;
  is_default: Bit;
  pool_type: "unicast" | "multicast";
  ip_version: "v4" | "v6";
}

export interface IpPoolRangeTable {
  id: string;
  ip_pool_id: string;
  first_address: string;
  last_address: string;
  first_sort: string;
  last_sort: string;
  /** Bumped by every allocation: guards deletion. */
  rcgen: number;
  time_created: string;
  time_modified: string;
  time_deleted: string | null;
}

export type ExternalIpKind = "snat" | "ephemeral" | "floating";
export type ExternalIpState = "detached" | "attaching" | "attached" | "detaching";

export interface ExternalIpTable {
  id: string;
  /** Floating only. */
  name: string | null;
  description: string | null;
  time_created: string;
  time_modified: string;
  time_deleted: string | null;
  ip_pool_id: string;
  ip_pool_range_id: string;
  kind: ExternalIpKind;
  ip: string;
  ip_sort: string;
  ip_version: "v4" | "v6";
  first_port: number;
  last_port: number;
  /** The instance. */
  parent_id: string | null;
  /** Floating only. */
  project_id: string | null;
  state: ExternalIpState;
}

export interface SledTable {
  id: string;
  time_created: string;
  time_modified: string;
  rack_id: string;
  /** Where Nexus calls the sled-agent: `[ipv6]:port`. */
  sled_agent_address: string;
  /** The sled's address on the underlay: what NAT entries point at. */
  underlay_address: string;
  /** Kept only because the sled-agent compares what it asks for with what it reported. */
  repo_depot_port: Generated<number>;
  /** The local switch's dpd, on a scrimlet that said so. */
  dpd_url: string | null;
  serial_number: string;
  part_number: string;
  revision: number;
  is_scrimlet: Bit;
  usable_hardware_threads: number;
  usable_physical_ram: number;
  reservoir_size: number;
  cpu_family: string;
  /** The sled-agent's own generation: only a newer one changes the row. */
  sled_agent_gen: number;
  /** Cubby. */
  slot: number | null;
  policy: "in_service" | "expunged";
  provision_policy: "provisionable" | "non_provisionable";
  state: "active" | "decommissioned";
}

export interface SwitchTable {
  id: string;
  rack_id: string;
  time_created: string;
  time_modified: string;
  serial_number: string;
  part_number: string;
  revision: number;
}

export interface NexusProcessTable {
  id: string;
  /** The same after a restart; null when it cannot be known. */
  name: string | null;
  time_started: string;
  time_seen: string;
}

export interface RackTable {
  id: string;
  time_created: string;
  time_modified: string;
  initialized: Bit;
}

export type InstanceState = "creating" | "no_vmm" | "vmm" | "failed" | "destroyed";
export type VmmState =
  | "creating"
  | "starting"
  | "running"
  | "stopping"
  | "stopped"
  | "rebooting"
  | "migrating"
  | "failed"
  | "destroyed"
  | "saga_unwound";

export interface InstanceTable extends Identity {
  project_id: string;
  ncpus: number;
  memory_bytes: number;
  hostname: string;
  user_data: string;
  auto_restart_policy: "never" | "best_effort" | null;
  cpu_platform: string | null;
  enable_jumbo_frames: Bit;
  boot_disk_id: string | null;
  state: InstanceState;
  time_state_updated: string;
  /** Bumped by every change of state or of the VMM: guards concurrent sagas. */
  state_gen: number;
  /** What the user last asked for. */
  intended_state: "running" | "stopped" | "destroyed";
  /** Set exactly while `state` is `vmm`. */
  active_propolis_id: string | null;
  target_propolis_id: string | null;
  migration_id: string | null;
  /** The saga that may change the network configuration now. */
  updater_id: string | null;
  updater_gen: number;
}

export interface InstanceSshKeyTable {
  instance_id: string;
  ssh_key_id: string;
}

export interface VmmTable {
  id: string;
  instance_id: string;
  sled_id: string;
  propolis_address: string;
  state: VmmState;
  /** The sled-agent's generation of `state`: older reports are ignored. */
  state_gen: number;
  time_state_updated: string;
  /** Why it failed, for people. */
  failure_reason: string | null;
  time_created: string;
  time_deleted: string | null;
}

/** What a VMM takes of its sled: the placement's book-keeping. */
export interface SledResourceVmmTable {
  vmm_id: string;
  sled_id: string;
  hardware_threads: number;
  memory_bytes: number;
}

export interface NetworkInterfaceTable extends Identity {
  instance_id: string;
  vpc_id: string;
  subnet_id: string;
  mac: string;
  ipv4: string | null;
  ipv6: string | null;
  /** JSON lists of prefixes. */
  transit_ips_v4: string;
  transit_ips_v6: string;
  slot: number;
  is_primary: Bit;
}

export interface NatEntryTable {
  id: string;
  external_address: string;
  address_sort: string;
  first_port: number;
  last_port: number;
  sled_address: string;
  vni: number;
  mac: string;
  /** From the sequence `nat_version`, as is `version_removed`: every add and every removal takes one number. */
  version_added: number;
  version_removed: number | null;
  time_created: string;
  time_deleted: string | null;
}

/** `deleting` groups are gone for users (`time_deleted` is set) until every switch and sled has dropped them. */
export type MulticastGroupState = "creating" | "active" | "deleting";
export type MulticastMemberState = "joining" | "joined" | "left";

export interface MulticastGroupTable extends Identity {
  vni: number;
  ip_pool_id: string;
  ip_pool_range_id: string;
  multicast_ip: string;
  ip_sort: string;
  ip_version: "v4" | "v6";
  /** Null until the reconciler has mapped the group onto the underlay. */
  underlay_group_id: string | null;
  underlay_salt: number | null;
  /** `{id}:{multicast_ip}`: the owner's mark on every table entry of the group. */
  tag: string;
  state: MulticastGroupState;
  /** Created by its own call: only its own delete removes it, never the last leave. */
  explicitly_created: Bit;
  /** JSON, sorted: what members that name no sources take, if the group was created with some. */
  default_source_ips: string;
  mvlan: number | null;
  /** From the sequence `multicast_generation`, as are all `version_*` of multicast rows. */
  version_added: number;
  version_removed: number | null;
}

export interface UnderlayMulticastGroupTable {
  id: string;
  time_created: string;
  time_modified: string;
  time_deleted: string | null;
  multicast_ip: string;
  tag: string;
  version_added: number;
  version_removed: number | null;
}

export interface MulticastGroupMemberTable {
  id: string;
  time_created: string;
  time_modified: string;
  /** A member that left keeps its row, and the sled it was on, until that sled has dropped its subscription. */
  time_deleted: string | null;
  external_group_id: string;
  /** The instance. */
  parent_id: string;
  sled_id: string | null;
  state: MulticastMemberState;
  multicast_ip: string;
  /** JSON, sorted without duplicates; empty means any source. */
  source_ips: string;
  version_added: number;
  version_removed: number | null;
}

/** What a switch or a sled was last brought to. */
export interface MulticastTargetTable {
  /** `switch0`, `switch1`, or `sled:{id}`. */
  target: string;
  /** The newest intent generation that the target holds completely; never goes back while the target keeps its state. */
  acknowledged_generation: number;
  time_acknowledged: string | null;
  time_attempted: string;
  /** Why the last attempt did not complete; null when it did. */
  last_error: string | null;
}

/** A live migration: from its request until both ends have told how it went. */
export interface MigrationTable {
  id: string;
  instance_id: string;
  time_created: string;
  time_deleted: string | null;
  source_propolis_id: string;
  source_state: MigrationState;
  source_gen: number;
  time_source_updated: string | null;
  target_propolis_id: string;
  target_state: MigrationState;
  target_gen: number;
  time_target_updated: string | null;
}

export type MigrationState = "pending" | "in_progress" | "failed" | "completed";

/** Named counters, for sequences that must not have gaps visible to readers. */
export interface CounterTable {
  name: string;
  value: number;
}

export interface NexusTables extends SagaTables {
  silo: SiloTable;
  silo_quotas: SiloQuotasTable;
  silo_user: SiloUserTable;
  role_assignment: RoleAssignmentTable;
  console_session: ConsoleSessionTable;
  device_auth_request: DeviceAuthRequestTable;
  device_access_token: DeviceAccessTokenTable;
  ssh_key: SshKeyTable;
  project: ProjectTable;
  vpc: VpcTable;
  vpc_subnet: VpcSubnetTable;
  vpc_router: VpcRouterTable;
  router_route: RouterRouteTable;
  vpc_firewall_rule: VpcFirewallRuleTable;
  internet_gateway: InternetGatewayTable;
  ip_pool: IpPoolTable;
  ip_pool_silo: IpPoolSiloTable;
  ip_pool_range: IpPoolRangeTable;
  external_ip: ExternalIpTable;
  sled: SledTable;
  switch: SwitchTable;
  rack: RackTable;
  instance: InstanceTable;
  instance_ssh_key: InstanceSshKeyTable;
  vmm: VmmTable;
  sled_resource_vmm: SledResourceVmmTable;
  network_interface: NetworkInterfaceTable;
  nat_entry: NatEntryTable;
  multicast_group: MulticastGroupTable;
  underlay_multicast_group: UnderlayMulticastGroupTable;
  multicast_group_member: MulticastGroupMemberTable;
  multicast_target: MulticastTargetTable;
  migration: MigrationTable;
  counter: CounterTable;
  nexus_process: NexusProcessTable;
}
