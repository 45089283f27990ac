/** Routers of a VPC with their routes, and its internet gateways. */
import type { Handlers } from "@racklet/api-kit";
import { vpcRoutingOperations } from "@racklet/api-types/nexus/operations/vpc-routing";
import type { InternetGateway, RouterRoute, VpcRouter } from "@racklet/api-types/nexus/v2025112000/vpc";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import type { InternetGatewayTable, RouterRouteTable, VpcRouterTable } from "../db/schema.ts";
import { createGateway, deleteGateway, listGateways } from "../vpc/gateways.ts";
import { lookupGateway, lookupRoute, lookupRouter } from "../vpc/lookup.ts";
import { createRouter, deleteRouter, listRouters, updateRouter } from "../vpc/routers.ts";
import { createRoute, deleteRoute, listRoutes, updateRoute } from "../vpc/routes.ts";
import { emptyPage } from "./by-id.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";

const operations = vpcRoutingOperations;

export const vpcRoutingHandlers: Handlers<NexusContext, typeof vpcRoutingOperations> = {
  vpc_router_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(operations.vpc_router_list.query, input);
    const rows = await listRouters(nexus, op, query, paging);
    return page(rows, routerView, (row) => pageKey(paging.sortBy, row));
  },

  vpc_router_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    return routerView(await createRouter(nexus, op, query, body));
  },

  vpc_router_view: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    return routerView((await lookupRouter(nexus, op, params.router, query, "read")).router);
  },

  vpc_router_update: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    return routerView(await updateRouter(nexus, op, params.router, query, body));
  },

  vpc_router_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteRouter(nexus, op, params.router, query);
  },

  vpc_router_route_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(operations.vpc_router_route_list.query, input);
    const rows = await listRoutes(nexus, op, query.router, query, paging);
    return page(rows, routeView, (row) => pageKey(paging.sortBy, row));
  },

  vpc_router_route_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    return routeView(await createRoute(nexus, op, query.router, query, body));
  },

  vpc_router_route_view: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    return routeView((await lookupRoute(nexus, op, params.route, query, "read")).route);
  },

  vpc_router_route_update: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    return routeView(await updateRoute(nexus, op, params.route, query, body));
  },

  vpc_router_route_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteRoute(nexus, op, params.route, query);
  },

  internet_gateway_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(operations.internet_gateway_list.query, input);
    const rows = await listGateways(nexus, op, query, paging);
    return page(rows, gatewayView, (row) => pageKey(paging.sortBy, row));
  },

  internet_gateway_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    return gatewayView(await createGateway(nexus, op, query, body));
  },

  internet_gateway_view: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    return gatewayView((await lookupGateway(nexus, op, params.gateway, query, "read")).gateway);
  },

  internet_gateway_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteGateway(nexus, op, params.gateway, query, query.cascade);
  },

  // Pools and addresses cannot be attached to gateways here, so there are none; but the gateway must exist.
  internet_gateway_ip_pool_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query } = sortedListing(operations.internet_gateway_ip_pool_list.query, input);
    await lookupGateway(nexus, op, query.gateway, query, "list_children");
    return emptyPage(input.page);
  },
  internet_gateway_ip_address_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query } = sortedListing(operations.internet_gateway_ip_address_list.query, input);
    await lookupGateway(nexus, op, query.gateway, query, "list_children");
    return emptyPage(input.page);
  },
};

function routerView(row: VpcRouterTable): VpcRouter {
  return { ...identityView(row), vpc_id: row.vpc_id, kind: row.kind };
}

function routeView(row: RouterRouteTable): RouterRoute {
  return {
    ...identityView(row),
    vpc_router_id: row.vpc_router_id,
    kind: row.kind,
    // Both columns hold the wire's shape.
    target: JSON.parse(row.target) as RouterRoute["target"],
    destination: JSON.parse(row.destination) as RouterRoute["destination"],
  };
}

function gatewayView(row: InternetGatewayTable): InternetGateway {
  return { ...identityView(row), vpc_id: row.vpc_id };
}
