/** The newest types of sled-agent's API: what the service works with. */
export { SledCpuFamily, SledRole } from "../common/sled.ts";
export { MigrationRuntimeState, MigrationState, SledVmmState, VmmRuntimeState, VmmState } from "../common/vmm.ts";
export { privateIpIssue, sourceNatIssue } from "./rules.ts";
export { SledIdentifiers } from "./v1/sled.ts";
export { VirtualNetworkInterfaceHost } from "./v1/v2p.ts";
export { InstanceExternalIpBody, VmmPutStateResponse, VmmStateRequested, VmmUnregisterResponse } from "./v1/vmm.ts";
export { NetworkInterface, PrivateIpConfig } from "./v10/network-interface.ts";
export type { FamilyConfig as ExternalIpFamilyConfig } from "./v11/external-ips.ts";
export { FirewallRule } from "./v31/local-config.ts";
export { ExternalIpConfig } from "./v32/local-config.ts";
export { LocalConfig as InstanceSledLocalConfig } from "./v41/local-config.ts";
export { Inventory } from "./v43/inventory.ts";
export { InstanceEnsureBody } from "./v44/ensure-body.ts";
