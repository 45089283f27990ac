/** Attached subnets: networks that lead to one guest. */
import { declare } from "@racklet/api-kit";
import { AttachedSubnetEntryPage, InstanceTarget } from "../latest-network.ts";
import { subnet } from "../params-network.ts";
import { V } from "../versions.ts";

export const attachedSubnetOperations = {
  attached_subnet_list: declare({
    operationId: "attached_subnet_list",
    method: "GET",
    path: "/attached_subnet",
    paginated: true,
    summary: "List the attached subnets",
    description: "IPv4 first, then by network. A page has at most 64 of them.",
    revisions: [{ since: V.ATTACHED_SUBNETS, response: AttachedSubnetEntryPage }],
  }),
  attached_subnet_reset: declare({
    operationId: "attached_subnet_reset",
    method: "DELETE",
    path: "/attached_subnet",
    summary: "Delete all attached subnets",
    revisions: [{ since: V.ATTACHED_SUBNETS }],
  }),
  attached_subnet_get: declare({
    operationId: "attached_subnet_get",
    method: "GET",
    path: "/attached_subnet/{subnet}",
    params: subnet,
    summary: "Get the guest that an attached subnet leads to",
    revisions: [{ since: V.ATTACHED_SUBNETS, response: InstanceTarget }],
  }),
  attached_subnet_create: declare({
    operationId: "attached_subnet_create",
    method: "PUT",
    path: "/attached_subnet/{subnet}",
    params: subnet,
    summary: "Attach a subnet to a guest",
    description: "The same again is no error; a subnet of another guest is a conflict (409).",
    revisions: [{ since: V.ATTACHED_SUBNETS, body: InstanceTarget }],
  }),
  attached_subnet_delete: declare({
    operationId: "attached_subnet_delete",
    method: "DELETE",
    path: "/attached_subnet/{subnet}",
    params: subnet,
    summary: "Delete an attached subnet",
    description: "One that is not there is no error.",
    revisions: [{ since: V.ATTACHED_SUBNETS }],
  }),
};
