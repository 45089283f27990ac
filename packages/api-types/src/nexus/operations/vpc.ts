/** VPCs, their subnets and their firewall rules. */
import { declare, query } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import {
  Vpc,
  VpcCreate,
  VpcFirewallRules,
  VpcFirewallRuleUpdateParams,
  VpcResultsPage,
  VpcSubnet,
  VpcSubnetCreate,
  VpcSubnetResultsPage,
  VpcSubnetUpdate,
  VpcUpdate,
} from "../v2025112000/vpc.ts";
import { V } from "../versions.ts";

const tags = ["vpcs"] as const;
const inProject = { project: query.required(nameOrId()) } as const;
const maybeProject = { project: query.optional(nameOrId()) } as const;
const inVpc = { ...maybeProject, vpc: query.required(nameOrId()) } as const;
const oneVpc = { tags, path: "/v1/vpcs/{vpc}", params: { vpc: nameOrId() }, query: maybeProject } as const;
const oneSubnet = {
  tags,
  path: "/v1/vpc-subnets/{subnet}",
  params: { subnet: nameOrId() },
  query: { ...maybeProject, vpc: query.optional(nameOrId()) },
} as const;
const rules = { tags, path: "/v1/vpc-firewall-rules", query: inVpc } as const;

export const vpcOperations = {
  vpc_list: declare({
    operationId: "vpc_list",
    method: "GET",
    path: "/v1/vpcs",
    tags,
    summary: "List the VPCs of a project",
    query: { ...inProject, ...sortByNameOrId },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: VpcResultsPage }],
  }),
  vpc_create: declare({
    operationId: "vpc_create",
    method: "POST",
    path: "/v1/vpcs",
    tags,
    summary: "Create a VPC",
    description:
      "With a subnet, a router, an internet gateway and firewall rules, as a project's default VPC has them.",
    query: inProject,
    revisions: [{ since: V.INITIAL, body: VpcCreate, response: Vpc, status: 201 }],
  }),
  vpc_view: declare({
    ...oneVpc,
    operationId: "vpc_view",
    method: "GET",
    summary: "Show a VPC",
    revisions: [{ since: V.INITIAL, response: Vpc }],
  }),
  vpc_update: declare({
    ...oneVpc,
    operationId: "vpc_update",
    method: "PUT",
    summary: "Change a VPC's names or description",
    revisions: [{ since: V.INITIAL, body: VpcUpdate, response: Vpc }],
  }),
  vpc_delete: declare({
    ...oneVpc,
    operationId: "vpc_delete",
    method: "DELETE",
    summary: "Delete a VPC",
    description: "With its routers, gateways and rules. Refused (400) while it has subnets.",
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
  vpc_subnet_list: declare({
    operationId: "vpc_subnet_list",
    method: "GET",
    path: "/v1/vpc-subnets",
    tags,
    summary: "List the subnets of a VPC",
    query: { ...inVpc, ...sortByNameOrId },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: VpcSubnetResultsPage }],
  }),
  vpc_subnet_create: declare({
    operationId: "vpc_subnet_create",
    method: "POST",
    path: "/v1/vpc-subnets",
    tags,
    summary: "Create a subnet",
    query: inVpc,
    revisions: [{ since: V.INITIAL, body: VpcSubnetCreate, response: VpcSubnet, status: 201 }],
  }),
  vpc_subnet_view: declare({
    ...oneSubnet,
    operationId: "vpc_subnet_view",
    method: "GET",
    summary: "Show a subnet",
    revisions: [{ since: V.INITIAL, response: VpcSubnet }],
  }),
  vpc_subnet_update: declare({
    ...oneSubnet,
    operationId: "vpc_subnet_update",
    method: "PUT",
    summary: "Change a subnet's name, description or router",
    revisions: [{ since: V.INITIAL, body: VpcSubnetUpdate, response: VpcSubnet }],
  }),
  vpc_subnet_delete: declare({
    ...oneSubnet,
    operationId: "vpc_subnet_delete",
    method: "DELETE",
    summary: "Delete a subnet",
    description: "Refused (400) while it has network interfaces.",
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
  vpc_firewall_rules_view: declare({
    ...rules,
    operationId: "vpc_firewall_rules_view",
    method: "GET",
    summary: "List the firewall rules of a VPC",
    revisions: [{ since: V.INITIAL, response: VpcFirewallRules }],
  }),
  vpc_firewall_rules_update: declare({
    ...rules,
    operationId: "vpc_firewall_rules_update",
    method: "PUT",
    summary: "Replace the firewall rules of a VPC",
    description: "All of them: those not in the request are gone.",
    revisions: [{ since: V.INITIAL, body: VpcFirewallRuleUpdateParams, response: VpcFirewallRules }],
  }),
} as const;
