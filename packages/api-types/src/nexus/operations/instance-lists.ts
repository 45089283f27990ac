/** What belongs to an instance. All but its SSH keys do not exist here yet: their lists are empty. */
import { declare, query } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import { AffinityGroupResultsPage, AntiAffinityGroupResultsPage } from "../v2025112000/affinity.ts";
import { SshKeyResultsPage } from "../v2025112000/ssh-key.ts";
import { DiskResultsPage } from "../v2025112000/storage.ts";
import { ExternalSubnetResultsPage } from "../v2026012200/external-subnet.ts";
import { V } from "../versions.ts";

const one = {
  method: "GET",
  paginated: true,
  params: { instance: nameOrId() },
  query: { project: query.optional(nameOrId()), ...sortByNameOrId },
} as const;
const path = "/v1/instances/{instance}";

export const instanceListOperations = {
  instance_ssh_public_key_list: declare({
    ...one,
    operationId: "instance_ssh_public_key_list",
    path: `${path}/ssh-public-keys`,
    tags: ["instances"],
    summary: "List the SSH public keys that an instance was created with",
    revisions: [{ since: V.INITIAL, response: SshKeyResultsPage }],
  }),
  instance_disk_list: declare({
    ...one,
    operationId: "instance_disk_list",
    path: `${path}/disks`,
    tags: ["instances"],
    summary: "List the disks of an instance",
    revisions: [{ since: V.INITIAL, response: DiskResultsPage }],
  }),
  instance_affinity_group_list: declare({
    ...one,
    operationId: "instance_affinity_group_list",
    path: `${path}/affinity-groups`,
    tags: ["experimental"],
    summary: "List the affinity groups of an instance",
    revisions: [{ since: V.INITIAL, response: AffinityGroupResultsPage }],
  }),
  instance_anti_affinity_group_list: declare({
    ...one,
    operationId: "instance_anti_affinity_group_list",
    path: `${path}/anti-affinity-groups`,
    tags: ["instances"],
    summary: "List the anti-affinity groups of an instance",
    revisions: [{ since: V.INITIAL, response: AntiAffinityGroupResultsPage }],
  }),
  instance_external_subnet_list: declare({
    ...one,
    operationId: "instance_external_subnet_list",
    path: `${path}/external-subnets`,
    tags: ["instances"],
    summary: "List the external subnets of an instance",
    revisions: [{ since: V.DUAL_STACK_EPHEMERAL, response: ExternalSubnetResultsPage }],
  }),
} as const;
