/** VPCs, their subnets and their firewall rules. */
import type { Handlers } from "@racklet/api-kit";
import { vpcOperations } from "@racklet/api-types/nexus/operations/vpc";
import type { Vpc, VpcFirewallRule, VpcSubnet } from "@racklet/api-types/nexus/v2025112000/vpc";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import type { VpcFirewallRuleTable, VpcSubnetTable, VpcTable } from "../db/schema.ts";
import { listFirewallRules, replaceFirewallRules } from "../vpc/firewall.ts";
import { lookupSubnet, lookupVpc } from "../vpc/lookup.ts";
import { createSubnet, deleteSubnet, listSubnets, updateSubnet } from "../vpc/subnets.ts";
import { createVpc, deleteVpc, listVpcs, updateVpc } from "../vpc/vpcs.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";
import { bodySelector } from "./selector.ts";

export const vpcHandlers: Handlers<NexusContext, typeof vpcOperations> = {
  vpc_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(vpcOperations.vpc_list.query, input);
    const rows = await listVpcs(nexus, op, query.project, paging);
    return page(rows, vpcView, (row) => pageKey(paging.sortBy, row));
  },

  vpc_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, dns_name: dnsName, ipv6_prefix: ipv6Prefix } = body;
    return vpcView(await createVpc(nexus, op, query.project, { name, description, dnsName, ipv6Prefix }));
  },

  vpc_view: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    return vpcView(await lookupVpc(nexus, op, { vpc: params.vpc, project: query.project }, "read"));
  },

  vpc_update: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, dns_name: dnsName } = body;
    const selector = { vpc: params.vpc, project: query.project };
    return vpcView(await updateVpc(nexus, op, selector, { name, description, dnsName }));
  },

  vpc_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteVpc(nexus, op, { vpc: params.vpc, project: query.project });
  },

  vpc_subnet_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(vpcOperations.vpc_subnet_list.query, input);
    const rows = await listSubnets(nexus, op, query, paging);
    return page(rows, subnetView, (row) => pageKey(paging.sortBy, row));
  },

  vpc_subnet_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, ipv4_block: ipv4Block, ipv6_block: ipv6Block, custom_router } = body;
    const spec = { name, description, ipv4Block, ipv6Block, customRouter: routerOf(custom_router) };
    return subnetView(await createSubnet(nexus, op, query, spec));
  },

  vpc_subnet_view: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    return subnetView((await lookupSubnet(nexus, op, params.subnet, query, "read")).subnet);
  },

  vpc_subnet_update: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, custom_router } = body;
    const change = { name, description, customRouter: routerOf(custom_router) };
    return subnetView(await updateSubnet(nexus, op, params.subnet, query, change));
  },

  vpc_subnet_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteSubnet(nexus, op, params.subnet, query);
  },

  vpc_firewall_rules_view: async (nexus, { query, request }) => {
    const op = await authenticate(nexus, request);
    return { rules: (await listFirewallRules(nexus, op, query)).map(ruleView) };
  },

  vpc_firewall_rules_update: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    return { rules: (await replaceFirewallRules(nexus, op, query, body.rules ?? [])).map(ruleView) };
  },
};

function routerOf(text: string | null | undefined) {
  return text == null ? null : bodySelector(text);
}

function vpcView(row: VpcTable): Vpc {
  const { project_id, system_router_id, ipv6_prefix, dns_name } = row;
  return { ...identityView(row), project_id, system_router_id, ipv6_prefix, dns_name };
}

function subnetView(row: VpcSubnetTable): VpcSubnet {
  const { vpc_id, ipv4_block, ipv6_block, custom_router_id } = row;
  return { ...identityView(row), vpc_id, ipv4_block, ipv6_block, custom_router_id };
}

function ruleView(row: VpcFirewallRuleTable): VpcFirewallRule {
  const { vpc_id, status, direction, action, priority } = row;
  return {
    ...identityView(row),
    vpc_id,
    status,
    direction,
    action,
    priority,
    // Both columns hold the newest wire shape.
    targets: JSON.parse(row.targets) as VpcFirewallRule["targets"],
    filters: JSON.parse(row.filters) as VpcFirewallRule["filters"],
  };
}
