/** sled-agent's API: the VMMs of a sled, what their traffic needs, and who the sled is. */
import { declare, defineApi, param, s } from "@racklet/api-kit";
import { SledRole } from "../common/sled.ts";
import { SledVmmState } from "../common/vmm.ts";
import { attachedSubnetOperations } from "./attached-subnets.ts";
import { uplinkEnsure, writeNetworkBootstoreConfig } from "./bootstore.ts";
import { multicastOperations } from "./multicast.ts";
import { probesPut } from "./probes.ts";
import { vmmRegister } from "./register.ts";
import { Inventory as InitialInventory, SledIdentifiers } from "./v1/sled.ts";
import { VirtualNetworkInterfaceHost } from "./v1/v2p.ts";
import { InstanceExternalIpBody, VmmPutStateBody, VmmPutStateResponse, VmmUnregisterResponse } from "./v1/vmm.ts";
import { Inventory, inventoryDown } from "./v43/inventory.ts";
import { V, sledAgentVersions } from "./versions.ts";
import { vpcOperations } from "./vpc.ts";
import { BUSY, UNKNOWN } from "./words.ts";

const propolisId = { propolis_id: param.uuid() };
export const sledAgentApi = defineApi({
  ident: "sled-agent",
  title: "Oxide Sled Agent API",
  description: "What one sled does for the control plane: VMMs, their networks, and the services of its switch.",
  versions: sledAgentVersions,
  onMissing: "refuse",
  bodyLimit: 1024 * 1024,
  operations: {
    vmm_register: vmmRegister,
    probes_put: probesPut,
    vmm_unregister: declare({
      operationId: "vmm_unregister",
      method: "DELETE",
      path: "/vmms/{propolis_id}",
      summary: "Forget a VMM, ending it if it runs",
      description:
        "Answers the VMM's last state, `failed` when it had not ended; the state is not reported to Nexus beside. Null when there was none.",
      params: propolisId,
      revisions: [{ since: V.INITIAL, response: VmmUnregisterResponse }],
    }),
    vmm_put_state: declare({
      operationId: "vmm_put_state",
      method: "PUT",
      path: "/vmms/{propolis_id}/state",
      summary: "Start, stop or reboot a VMM, or migrate into it",
      description: `Start and migration go on after the answer, which is then null. ${BUSY}`,
      params: propolisId,
      revisions: [{ since: V.INITIAL, body: VmmPutStateBody, response: VmmPutStateResponse }],
    }),
    vmm_get_state: declare({
      operationId: "vmm_get_state",
      method: "GET",
      path: "/vmms/{propolis_id}/state",
      summary: "Get the state of a VMM",
      description: UNKNOWN,
      params: propolisId,
      revisions: [{ since: V.INITIAL, response: SledVmmState }],
    }),
    vmm_put_external_ip: declare({
      operationId: "vmm_put_external_ip",
      method: "PUT",
      path: "/vmms/{propolis_id}/external-ip",
      summary: "Give a VMM an external address",
      description: `Changes nothing when the VMM has it. 400 for a second ephemeral address of one family. ${BUSY}`,
      params: propolisId,
      revisions: [{ since: V.INITIAL, body: InstanceExternalIpBody }],
    }),
    vmm_delete_external_ip: declare({
      operationId: "vmm_delete_external_ip",
      method: "DELETE",
      path: "/vmms/{propolis_id}/external-ip",
      summary: "Take an external address from a VMM",
      description: `Changes nothing when the VMM does not have it. ${BUSY}`,
      params: propolisId,
      revisions: [{ since: V.INITIAL, body: InstanceExternalIpBody }],
    }),
    ...attachedSubnetOperations,
    ...multicastOperations,
    ...vpcOperations,
    write_network_bootstore_config: writeNetworkBootstoreConfig,
    uplink_ensure: uplinkEnsure,
    set_v2p: declare({
      operationId: "set_v2p",
      method: "PUT",
      path: "/v2p",
      summary: "Map a virtual interface to its host",
      description: "Replaces the mapping of the same address and VNI.",
      revisions: [{ since: V.INITIAL, body: VirtualNetworkInterfaceHost }],
    }),
    del_v2p: declare({
      operationId: "del_v2p",
      method: "DELETE",
      path: "/v2p",
      summary: "Remove the mapping of a virtual interface",
      description: "By address and VNI; changes nothing when there is none.",
      revisions: [{ since: V.INITIAL, body: VirtualNetworkInterfaceHost }],
    }),
    list_v2p: declare({
      operationId: "list_v2p",
      method: "GET",
      path: "/v2p",
      summary: "List the virtual-to-physical mappings",
      revisions: [{ since: V.INITIAL, response: s.array(VirtualNetworkInterfaceHost) }],
    }),
    sled_role_get: declare({
      operationId: "sled_role_get",
      method: "GET",
      path: "/sled-role",
      summary: "Get the role of the sled",
      revisions: [
        { since: V.REMOVE_SLED_ROLE, removed: true },
        { since: V.INITIAL, response: SledRole },
      ],
    }),
    sled_identifiers: declare({
      operationId: "sled_identifiers",
      method: "GET",
      path: "/sled-identifiers",
      summary: "Fetch sled identifiers",
      revisions: [{ since: V.INITIAL, response: SledIdentifiers }],
    }),
    inventory: declare({
      operationId: "inventory",
      method: "GET",
      path: "/inventory",
      summary: "Show what the sled is and has",
      revisions: [
        { since: V.INVENTORY_BASEBOARD_ID, response: Inventory },
        { since: V.INITIAL, response: InitialInventory, down: inventoryDown },
      ],
    }),
  },
});
