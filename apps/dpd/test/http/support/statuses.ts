/** The statuses that each operation is documented to answer, whatever the version: those of success first. */

/** What a change of tables may fail with: an injected fault, a failing ASIC, none at all. */
const W = [418, 500, 503] as const;

export const DOCUMENTED: Readonly<Record<string, readonly number[]>> = {
  dpd_version: [200],
  build_info: [200],
  dpd_uptime: [200],
  switch_identifiers: [200, 503],
  dpd_health: [200],
  ...nat("ipv4"),
  ...nat("ipv6"),
  nat_generation: [200],
  ipv4_nat_generation: [200],
  nat_trigger_update: [200],
  ipv4_nat_trigger_update: [200],
  nat_group_list: [200, 400],
  nat_group_get: [200, 400, 404],
  nat_group_ensure: [200, 400, 409, 507, ...W],
  nat_group_changes: [200, 400, 404, 409, 507, ...W],
  nat_group_entries_list: [200, 400, 404],
  nat_group_delete: [204, 400, 409, ...W],
  multicast_group_create_external: [201, 400, 409, 507, ...W],
  // Before version 8 an update answered 201.
  multicast_group_update_external: [200, 201, 400, 404, 507, ...W],
  multicast_group_create_underlay: [201, 400, 404, 409, 507, ...W],
  multicast_group_get_underlay: [200, 400, 404],
  multicast_group_update_underlay: [200, 400, 404, ...W],
  multicast_groups_list: [200, 400],
  multicast_reset: [204, ...W],
  multicast_group_get: [200, 400, 404],
  multicast_group_delete: [204, 400, 404, ...W],
  multicast_groups_list_by_tag: [200, 400],
  multicast_reset_by_tag: [204, 400, ...W],
  multicast_reset_untagged: [204, 410],
  reset_all: [204, ...W],
  reset_all_tagged: [204, ...W],
  table_list: [200],
  table_dump: [200, 400, 404, 503],
  table_counters: [200, 400, 404, 503],
  table_provenance: [200, 404, 503],
  port_list: [200],
  port_get: [200, 400],
  channels_list: [200],
  backplane_map: [200],
  port_backplane_link: [200, 400, 404],
  port_settings_get: [200, 400],
  port_settings_apply: [200, 400, 409, 507, ...W],
  port_settings_clear: [200, 400, ...W],
  link_list: [200, 400],
  link_create: [201, 400, ...W],
  link_get: [200, 400, 404],
  link_delete: [204, 400, 404, ...W],
  link_list_all: [200],
  tfport_data: [200],
  ...property("enabled", W),
  ...property("ipv6_enabled", [503]),
  ...property("nat_only", W),
  ...property("uplink", W),
  ...property("mac", W),
  ...property("autoneg", W),
  ...property("kr", W),
  ...property("prbs", [503]),
  link_linkup_get: [200, 400, 404],
  link_fault_get: [200, 400, 404],
  link_fault_inject: [204, 400, 404, ...W],
  link_fault_clear: [204, 400, 404, ...W],
  link_history_get: [200, 400, 404],
  ...linkAddress("ipv4"),
  ...linkAddress("ipv6"),
  ...loopback("ipv4"),
  ...loopback("ipv6"),
  ...neighbour("arp"),
  ...neighbour("ndp"),
  ...route("ipv4"),
  ...route("ipv6"),
  route_ipv4_over_ipv6_add: [204, 400, 404, ...W],
  route_ipv4_over_ipv6_set: [204, 400, 404, 409, ...W],
  attached_subnet_list: [200, 400],
  attached_subnet_reset: [204, ...W],
  attached_subnet_get: [200, 400, 404],
  attached_subnet_create: [204, 400, 409, 507, ...W],
  attached_subnet_delete: [204, 400, ...W],
  counter_list: [200],
  counter_get: [200, 400, 503],
  counter_reset: [204, 400, 503],
  link_up_counters_list: [200],
  link_up_counters_get: [200, 400, 404],
  link_fsm_counters_get: [200, 400, 404],
  leds_list: [503],
  led_get: [400, 503],
  led_set: [400, 503],
  led_set_auto: [400, 503],
  management_mode_get: [200, 400],
  management_mode_set: [204, 400],
  transceivers_list: [200],
  transceiver_get: [400, 404],
  transceiver_reset: [400, 404],
  transceiver_power_get: [400, 404],
  transceiver_power_set: [400, 404],
  transceiver_monitors_get: [400, 404],
  transceiver_datapath_get: [400, 404],
  lane_map_get: [400, 501],
  link_tx_eq_get: [400, 501],
  link_tx_eq_set: [400, 501],
  link_rx_sig_info_get: [400, 501],
  link_rx_adapt_count_get: [400, 501],
  link_eye_get: [400, 501],
  link_enc_speed_get: [400, 501],
  link_an_lt_get: [400, 501],
  link_ber_get: [400, 501],
  link_prbs_get_err: [400, 501],
  pcs_counters_list: [501],
  pcs_counters_get: [400, 501],
  fec_rs_counters_list: [501],
  fec_rs_counters_get: [400, 501],
  rmon_counters_get: [400, 501],
  rmon_counters_get_all: [400, 501],
  snapshot_capture: [400, 501],
  snapshot_scope: [400, 501],
};

type Statuses = Record<string, readonly number[]>;

function nat(family: string): Statuses {
  return {
    [`nat_${family}_addresses_list`]: [200, 400],
    [`nat_${family}_reset`]: [204, ...W],
    [`nat_${family}_list`]: [200, 400],
    [`nat_${family}_get`]: [200, 400, 404],
    [`nat_${family}_delete`]: [204, 400, ...W],
    [`nat_${family}_create`]: [204, 400, 409, 507, ...W],
  };
}

/** `failures` are those of a change. */
function property(name: string, failures: readonly number[]): Statuses {
  return { [`link_${name}_get`]: [200, 400, 404], [`link_${name}_set`]: [204, 400, 404, ...failures] };
}

function linkAddress(family: string): Statuses {
  return {
    [`link_${family}_list`]: [200, 400, 404],
    [`link_${family}_create`]: [204, 400, 404, 409, 507, ...W],
    [`link_${family}_reset`]: [204, 400, 404, ...W],
    [`link_${family}_delete`]: [204, 400, 404, ...W],
  };
}

function loopback(family: string): Statuses {
  return {
    [`loopback_${family}_list`]: [200],
    [`loopback_${family}_create`]: [204, 400, 409, 507, ...W],
    [`loopback_${family}_delete`]: [204, 400, ...W],
  };
}

function neighbour(kind: string): Statuses {
  return {
    [`${kind}_list`]: [200, 400],
    [`${kind}_create`]: [204, 400, 507, ...W],
    [`${kind}_reset`]: [204, ...W],
    [`${kind}_get`]: [200, 400, 404],
    [`${kind}_delete`]: [204, 400, 404, ...W],
  };
}

function route(family: string): Statuses {
  return {
    [`route_${family}_list`]: [200, 400],
    [`route_${family}_add`]: [204, 400, 404, 507, ...W],
    [`route_${family}_set`]: [204, 400, 404, 409, 507, ...W],
    [`route_${family}_get`]: [200, 400, 404],
    [`route_${family}_delete`]: [204, 400, 404, ...W],
    [`route_${family}_delete_target`]: [204, 400, 404, ...W],
  };
}
