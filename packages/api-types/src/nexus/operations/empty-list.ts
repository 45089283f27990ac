/** Lists of what does not exist here yet: the console and Terraform ask for them, and an empty page is the truth. */
import { declare, mapPage, query, type ResultsPage } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import {
  AffinityGroupMemberResultsPage,
  AffinityGroupResultsPage,
  AntiAffinityGroupMemberResultsPage,
  AntiAffinityGroupResultsPage,
} from "../v2025112000/affinity.ts";
import { CertificateResultsPage } from "../v2025112000/certificate.ts";
import { DiskResultsPage, ImageResultsPage, SnapshotResultsPage } from "../v2025112000/storage.ts";
import * as v2026012200 from "../v2026012200/external-subnet.ts";
import * as v2026020900 from "../v2026020900/external-subnet.ts";
import { V } from "../versions.ts";

const list = { method: "GET", paginated: true } as const;
const inProject = { project: query.required(nameOrId()), ...sortByNameOrId } as const;
const maybeProject = { project: query.optional(nameOrId()), ...sortByNameOrId } as const;

const subnetPoolPageDown = (page: ResultsPage<v2026020900.SubnetPool>): ResultsPage<v2026012200.SubnetPool> =>
  mapPage(page, v2026020900.subnetPoolDown);

export const emptyListOperations = {
  disk_list: declare({
    ...list,
    operationId: "disk_list",
    path: "/v1/disks",
    tags: ["disks"],
    summary: "List the disks of a project",
    query: inProject,
    revisions: [{ since: V.INITIAL, response: DiskResultsPage }],
  }),
  image_list: declare({
    ...list,
    operationId: "image_list",
    path: "/v1/images",
    tags: ["images"],
    summary: "List the images of a project, or of the silo",
    query: maybeProject,
    revisions: [{ since: V.INITIAL, response: ImageResultsPage }],
  }),
  snapshot_list: declare({
    ...list,
    operationId: "snapshot_list",
    path: "/v1/snapshots",
    tags: ["snapshots"],
    summary: "List the snapshots of a project",
    query: inProject,
    revisions: [{ since: V.INITIAL, response: SnapshotResultsPage }],
  }),
  affinity_group_list: declare({
    ...list,
    operationId: "affinity_group_list",
    path: "/v1/affinity-groups",
    tags: ["experimental"],
    summary: "List the affinity groups of a project",
    query: inProject,
    revisions: [{ since: V.INITIAL, response: AffinityGroupResultsPage }],
  }),
  affinity_group_member_list: declare({
    ...list,
    operationId: "affinity_group_member_list",
    path: "/v1/affinity-groups/{affinity_group}/members",
    tags: ["experimental"],
    summary: "List the members of an affinity group",
    params: { affinity_group: nameOrId() },
    query: maybeProject,
    revisions: [{ since: V.INITIAL, response: AffinityGroupMemberResultsPage }],
  }),
  anti_affinity_group_list: declare({
    ...list,
    operationId: "anti_affinity_group_list",
    path: "/v1/anti-affinity-groups",
    tags: ["affinity"],
    summary: "List the anti-affinity groups of a project",
    query: inProject,
    revisions: [{ since: V.INITIAL, response: AntiAffinityGroupResultsPage }],
  }),
  anti_affinity_group_member_list: declare({
    ...list,
    operationId: "anti_affinity_group_member_list",
    path: "/v1/anti-affinity-groups/{anti_affinity_group}/members",
    tags: ["affinity"],
    summary: "List the members of an anti-affinity group",
    params: { anti_affinity_group: nameOrId() },
    query: maybeProject,
    revisions: [{ since: V.INITIAL, response: AntiAffinityGroupMemberResultsPage }],
  }),
  certificate_list: declare({
    ...list,
    operationId: "certificate_list",
    path: "/v1/certificates",
    tags: ["silos"],
    summary: "List the TLS certificates of the caller's silo",
    query: sortByNameOrId,
    revisions: [{ since: V.INITIAL, response: CertificateResultsPage }],
  }),
  external_subnet_list: declare({
    ...list,
    operationId: "external_subnet_list",
    path: "/v1/external-subnets",
    tags: ["external-subnets"],
    summary: "List the external subnets of a project",
    query: inProject,
    revisions: [{ since: V.FLOATING_IP_ALLOCATOR, response: v2026012200.ExternalSubnetResultsPage }],
  }),
  subnet_pool_list: declare({
    ...list,
    operationId: "subnet_pool_list",
    path: "/v1/subnet-pools",
    tags: ["subnet-pools"],
    summary: "List the subnet pools linked to the caller's silo",
    query: sortByNameOrId,
    revisions: [{ since: V.IP_POOL_OPERATION_NAMES, response: v2026012200.SiloSubnetPoolResultsPage }],
  }),
  system_subnet_pool_list: declare({
    ...list,
    operationId: "system_subnet_pool_list",
    path: "/v1/system/subnet-pools",
    tags: ["system/subnet-pools"],
    summary: "List all subnet pools",
    query: sortByNameOrId,
    revisions: [
      { since: V.IP_POOL_OPERATION_NAMES, response: v2026020900.SubnetPoolResultsPage },
      {
        since: V.FLOATING_IP_ALLOCATOR,
        operationId: "subnet_pool_list",
        response: v2026012200.SubnetPoolResultsPage,
        down: subnetPoolPageDown,
      },
    ],
  }),
} as const;
