/** Registrations, from the first shape to the newest. */
export const VMM = "0a000000-0000-4000-8000-000000000001";
export const INSTANCE = "0b000000-0000-4000-8000-000000000001";
export const NIC = "0c000000-0000-4000-8000-000000000001";
/** Of a migration, and of the VMM that it leads to. */
export const MIGRATION = "0f000000-0000-4000-8000-000000000001";
export const TARGET = "0a000000-0000-4000-8000-0000000000ff";
const PROJECT = "0d000000-0000-4000-8000-000000000001";
const SILO = "0e000000-0000-4000-8000-000000000001";

const nicRest = {
  id: NIC,
  kind: { type: "instance", id: INSTANCE },
  name: "net0",
  mac: "A8:40:25:F0:00:01",
  vni: 2000,
  primary: true,
  slot: 0,
};

export const V4 = { ip: "172.30.0.5", subnet: "172.30.0.0/22", transit_ips: [] };
export const V6 = { ip: "fd00:2::5", subnet: "fd00:2::/64", transit_ips: [] };
const SNAT = { ip: "192.168.1.10", first_port: 16384, last_port: 32767 };

export const nic = (ipConfig: unknown = { type: "v4", value: V4 }) => ({ ...nicRest, ip_config: ipConfig });
export const dualStack = { type: "dual_stack", value: { v4: V4, v6: V6 } };

const board = { cpus: 2, memory_mb: 1024, chipset: { type: "i440_fx", value: { enable_pcie: false } } };
const pciPath = (device: number) => ({ bus: 0, device, function: 0 });

export const spec = (disk: Record<string, unknown> = {}) => ({
  board,
  components: {
    "net-device": {
      type: "virtio_nic",
      component: { backend_id: NIC, interface_id: NIC, pci_path: pciPath(8) },
    },
    [NIC]: { type: "virtio_network_backend", component: { vnic_name: "" } },
    "disk-device": {
      type: "nvme_disk",
      component: { backend_id: "disk", pci_path: pciPath(9), serial_number: Array(20).fill(65), ...disk },
    },
    disk: { type: "crucible_storage_backend", component: { request_json: "{}", readonly: false } },
  },
});

const rest = {
  vmm_runtime: { state: "starting", gen: 1, time_updated: "2026-01-01T00:00:00.000Z" },
  instance_id: INSTANCE,
  migration_id: null,
  propolis_addr: "[fd00:1122:3344:101::10]:12400",
  metadata: { silo_id: SILO, project_id: PROJECT },
};

const dhcp = { dns_servers: ["8.8.8.8"], host_domain: null, search_domains: [] };

export interface Body extends Record<string, unknown> {
  local_config: Record<string, unknown>;
}

/** The newest shape. */
export const newest = (config: Record<string, unknown> = {}, other: Record<string, unknown> = {}): Body => ({
  ...rest,
  vmm_spec: spec({ has_write_cache: true }),
  local_config: {
    hostname: "vm1",
    nics: [nic()],
    external_ips: { v4: { source_nat: SNAT, ephemeral_ip: null, floating_ips: [] } },
    attached_subnets: [],
    multicast_groups: [],
    firewall_rules: [],
    dhcp_config: dhcp,
    delegated_zvols: [],
    primary_nic_mtu: null,
    ...config,
  },
  ...other,
});

/** The first shape. */
export const first = (config: Record<string, unknown> = {}, nicChange: Record<string, unknown> = {}): Body => {
  const oldNic = { ...nicRest, ip: V4.ip, subnet: V4.subnet, ...nicChange };
  return {
    ...rest,
    vmm_spec: spec(),
    local_config: {
      hostname: "vm1",
      nics: [oldNic],
      source_nat: SNAT,
      ephemeral_ip: "192.168.1.20",
      floating_ips: ["192.168.1.30", "192.168.1.31"],
      firewall_rules: [
        {
          status: "enabled",
          direction: "inbound",
          action: "allow",
          priority: 65534,
          targets: [oldNic],
          filter_hosts: null,
          filter_ports: ["22", "80-443"],
          filter_protocols: [{ type: "tcp" }],
        },
      ],
      dhcp_config: dhcp,
      ...config,
    },
  };
};

/** A registration in the shape of a version: the newest one, with everything undone that came later. */
export function bodyAt(version: number): Body {
  const body = newest();
  const config: Record<string, unknown> = { ...body.local_config };
  const families = {
    source_nat: { ip: "192.168.1.10", first_port: 0, last_port: 16383 },
    ephemeral_ip: null,
    floating_ips: [],
  };
  if (version < 44) body["vmm_spec"] = spec();
  if (version < 41) delete config["primary_nic_mtu"];
  if (version < 32) config["external_ips"] = { type: "v4", value: families };
  if (version < 18) delete config["attached_subnets"];
  if (version < 11) {
    delete config["external_ips"];
    Object.assign(config, families);
  }
  if (version < 10) config["nics"] = first().local_config["nics"];
  if (version < 9) delete config["delegated_zvols"];
  if (version < 7) delete config["multicast_groups"];
  return { ...body, local_config: config };
}
