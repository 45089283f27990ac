/**
 * The versions of sled-agent's API that change what we serve, newest first. Numbers and labels are upstream's; a version in
 * between is served as the newest one listed at or below it.
 */
import { apiVersions } from "@racklet/api-kit";

export const sledAgentVersions = apiVersions([
  [49, "MCAST_M2P_FORWARDING"],
  [45, "REMOVE_UPLINK_ENSURE"],
  [44, "PROPOLIS_NVME_VWC"],
  [43, "INVENTORY_BASEBOARD_ID"],
  [41, "ADD_INSTANCE_PRIMARY_NIC_MTU"],
  [39, "BOOTSTORE_SERVICE_NAT_GENERATION"],
  [33, "BOOTSTORE_SERVICE_NAT"],
  [32, "MAKE_ALL_EXTERNAL_IP_FIELDS_OPTIONAL"],
  [31, "ADD_ICMPV6_FIREWALL_SUPPORT"],
  [29, "ADD_VSOCK_COMPONENT"],
  [18, "ADD_ATTACHED_SUBNETS"],
  [17, "TWO_TYPES_OF_DELEGATED_ZVOL"],
  [11, "ADD_DUAL_STACK_EXTERNAL_IP_CONFIG"],
  [10, "ADD_DUAL_STACK_SHARED_NETWORK_INTERFACES"],
  [9, "DELEGATE_ZVOL_TO_PROPOLIS"],
  [8, "REMOVE_SLED_ROLE"],
  [7, "MULTICAST_SUPPORT"],
  [6, "ADD_PROBE_PUT_ENDPOINT"],
  [1, "INITIAL"],
] as const);

export const { V } = sledAgentVersions;
