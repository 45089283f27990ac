/** Operations on the subnets attached to a VMM. */
import { accept, declare, param, refuse } from "@racklet/api-kit";
import { formatIpNet, parseIpNet } from "@racklet/net";
import { IpNet } from "../common/network.ts";
import { AttachedSubnet } from "./v18/local-config.ts";
import { VmmAttachedSubnets } from "./v18/attached-subnets.ts";
import { BUSY } from "./words.ts";
import { V } from "./versions.ts";

const ofVmm = { path: "/vmms/{propolis_id}/attached-subnets", params: { propolis_id: param.uuid() } } as const;

const subnet = param.custom<string>(IpNet, (text) => {
  const net = parseIpNet(text);
  return net === null
    ? refuse(`\`${text}\` is not a network such as 10.0.0.0/8 or fd00::/48`)
    : accept(formatIpNet(net));
});

export const attachedSubnetOperations = {
  vmm_put_attached_subnets: declare({
    ...ofVmm,
    operationId: "vmm_put_attached_subnets",
    method: "PUT",
    summary: "Attach exactly these subnets to a VMM",
    description: BUSY,
    revisions: [{ since: V.ADD_ATTACHED_SUBNETS, body: VmmAttachedSubnets }],
  }),
  vmm_delete_attached_subnets: declare({
    ...ofVmm,
    operationId: "vmm_delete_attached_subnets",
    method: "DELETE",
    summary: "Detach every subnet from a VMM",
    description: BUSY,
    revisions: [{ since: V.ADD_ATTACHED_SUBNETS }],
  }),
  vmm_post_attached_subnet: declare({
    ...ofVmm,
    operationId: "vmm_post_attached_subnet",
    method: "POST",
    summary: "Attach a subnet to a VMM",
    description: `409 \`SUBNET_ALREADY_ATTACHED\` when it is attached, whatever its kind. ${BUSY}`,
    revisions: [{ since: V.ADD_ATTACHED_SUBNETS, body: AttachedSubnet }],
  }),
  vmm_delete_attached_subnet: declare({
    path: "/vmms/{propolis_id}/attached-subnets/{subnet}",
    params: { ...ofVmm.params, subnet },
    operationId: "vmm_delete_attached_subnet",
    method: "DELETE",
    summary: "Detach a subnet from a VMM",
    description: `Changes nothing when it is not attached. ${BUSY}`,
    revisions: [{ since: V.ADD_ATTACHED_SUBNETS }],
  }),
};
