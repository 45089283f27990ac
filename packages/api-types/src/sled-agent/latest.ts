/** The newest types of sled-agent's API: what the service works with. */
export { SledCpuFamily, SledRole } from "../common/sled.ts";
export { MigrationRuntimeState, MigrationState, SledVmmState, VmmRuntimeState, VmmState } from "../common/vmm.ts";
export { privateIpIssue, sourceNatIssue } from "./rules.ts";
export { SledIdentifiers } from "./v1/sled.ts";
export { ExternalIpGatewayMap } from "./v1/eip-gateways.ts";
export { VirtualNetworkInterfaceHost } from "./v1/v2p.ts";
export { InstanceExternalIpBody, VmmPutStateResponse, VmmStateRequested, VmmUnregisterResponse } from "./v1/vmm.ts";
export {
  ResolvedVpcRoute,
  ResolvedVpcRouteSet,
  ResolvedVpcRouteState,
  RouterId,
  RouterTarget,
  RouterVersion,
} from "./v1/vpc-routes.ts";
export { MulticastMembership } from "./v7/local-config.ts";
export { NetworkInterface, PrivateIpConfig } from "./v10/network-interface.ts";
export type { FamilyConfig as ExternalIpFamilyConfig } from "./v11/external-ips.ts";
export { VmmAttachedSubnets } from "./v18/attached-subnets.ts";
export { AttachedSubnet } from "./v18/local-config.ts";
export { FirewallRule } from "./v31/local-config.ts";
export { ExternalIpConfig } from "./v32/local-config.ts";
export { Mcast2PhysMapping, McastForwardingEntry, McastForwardingNextHop } from "./v33/multicast.ts";
export { ServiceZoneNatEntry } from "./v33/network-config.ts";
export { WriteNetworkConfigRequest } from "./v39/network-config.ts";
export { LocalConfig as InstanceSledLocalConfig } from "./v41/local-config.ts";
export { Inventory } from "./v43/inventory.ts";
export { InstanceEnsureBody } from "./v44/ensure-body.ts";
export { ProbeSet } from "./probes.ts";
export { VpcFirewallRulesEnsureBody } from "./vpc.ts";
