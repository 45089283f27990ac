/** A VMM that a sled-agent accepts, as its newest API has it. */
export const VMM = "0a000000-0000-4000-8000-000000000001";
export const INSTANCE = "0b000000-0000-4000-8000-000000000001";
export const NIC = "0c000000-0000-4000-8000-000000000001";

export const SNAT = { ip: "192.168.1.10", first_port: 16_384, last_port: 32_767 };

const pciPath = (device: number): object => ({ bus: 0, device, function: 0 });

const COMPONENTS = {
  "net-device": {
    type: "virtio_nic",
    component: { backend_id: NIC, interface_id: NIC, pci_path: pciPath(8) },
  },
  [NIC]: { type: "virtio_network_backend", component: { vnic_name: "" } },
};

export const VMM_REGISTRATION = {
  vmm_spec: {
    board: { cpus: 2, memory_mb: 1024, chipset: { type: "i440_fx", value: { enable_pcie: false } } },
    components: COMPONENTS,
  },
  vmm_runtime: { state: "starting", gen: 1, time_updated: "2026-01-01T00:00:00Z" },
  instance_id: INSTANCE,
  migration_id: null,
  propolis_addr: "[fd00:1122:3344:101::10]:12400",
  metadata: {
    silo_id: "0e000000-0000-4000-8000-000000000001",
    project_id: "0d000000-0000-4000-8000-000000000001",
  },
  local_config: {
    hostname: "alpha",
    nics: [
      {
        id: NIC,
        kind: { type: "instance", id: INSTANCE },
        name: "net0",
        mac: "A8:40:25:F0:00:01",
        vni: 2000,
        primary: true,
        slot: 0,
        ip_config: { type: "v4", value: { ip: "172.30.0.5", subnet: "172.30.0.0/22", transit_ips: [] } },
      },
    ],
    external_ips: { v4: { source_nat: SNAT, ephemeral_ip: null, floating_ips: [] } },
    attached_subnets: [],
    multicast_groups: [],
    firewall_rules: [],
    dhcp_config: { dns_servers: ["8.8.8.8"], host_domain: null, search_domains: [] },
    delegated_zvols: [],
    primary_nic_mtu: null,
  },
};

export const V2P = {
  virtual_ip: "172.30.0.9",
  virtual_mac: "A8:40:25:F0:00:09",
  physical_host_ip: "fd00:1122:3344:102::1",
  vni: 2000,
};
