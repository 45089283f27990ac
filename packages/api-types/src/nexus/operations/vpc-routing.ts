/** Routers of a VPC with their routes, and its internet gateways. */
import { declare, param, query } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import {
  InternetGateway,
  InternetGatewayCreate,
  InternetGatewayIpAddressResultsPage,
  InternetGatewayIpPoolResultsPage,
  InternetGatewayResultsPage,
  RouterRoute,
  RouterRouteCreate,
  RouterRouteResultsPage,
  RouterRouteUpdate,
  VpcRouter,
  VpcRouterCreate,
  VpcRouterResultsPage,
  VpcRouterUpdate,
} from "../v2025112000/vpc.ts";
import { V } from "../versions.ts";

const tags = ["vpcs"] as const;
const maybeProject = { project: query.optional(nameOrId()) } as const;
const maybeVpc = { ...maybeProject, vpc: query.optional(nameOrId()) } as const;
const inVpc = { ...maybeProject, vpc: query.required(nameOrId()) } as const;
const inRouter = { ...maybeVpc, router: query.required(nameOrId()) } as const;
const inGateway = { ...maybeVpc, gateway: query.required(nameOrId()), ...sortByNameOrId } as const;
const oneRouter = {
  tags,
  path: "/v1/vpc-routers/{router}",
  params: { router: nameOrId() },
  query: maybeVpc,
} as const;
const oneRoute = {
  tags,
  path: "/v1/vpc-router-routes/{route}",
  params: { route: nameOrId() },
  query: { ...maybeVpc, router: query.optional(nameOrId()) },
} as const;
const oneGateway = { tags, path: "/v1/internet-gateways/{gateway}", params: { gateway: nameOrId() } } as const;

export const vpcRoutingOperations = {
  vpc_router_list: declare({
    operationId: "vpc_router_list",
    method: "GET",
    path: "/v1/vpc-routers",
    tags,
    summary: "List the routers of a VPC",
    query: { ...inVpc, ...sortByNameOrId },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: VpcRouterResultsPage }],
  }),
  vpc_router_create: declare({
    operationId: "vpc_router_create",
    method: "POST",
    path: "/v1/vpc-routers",
    tags,
    summary: "Create a router",
    query: inVpc,
    revisions: [{ since: V.INITIAL, body: VpcRouterCreate, response: VpcRouter, status: 201 }],
  }),
  vpc_router_view: declare({
    ...oneRouter,
    operationId: "vpc_router_view",
    method: "GET",
    summary: "Show a router",
    revisions: [{ since: V.INITIAL, response: VpcRouter }],
  }),
  vpc_router_update: declare({
    ...oneRouter,
    operationId: "vpc_router_update",
    method: "PUT",
    summary: "Rename or describe a router",
    revisions: [{ since: V.INITIAL, body: VpcRouterUpdate, response: VpcRouter }],
  }),
  vpc_router_delete: declare({
    ...oneRouter,
    operationId: "vpc_router_delete",
    method: "DELETE",
    summary: "Delete a router",
    description: "With its routes; subnets that used it use the system's alone. The system router stays (400).",
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
  vpc_router_route_list: declare({
    operationId: "vpc_router_route_list",
    method: "GET",
    path: "/v1/vpc-router-routes",
    tags,
    summary: "List the routes of a router",
    query: { ...inRouter, ...sortByNameOrId },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: RouterRouteResultsPage }],
  }),
  vpc_router_route_create: declare({
    operationId: "vpc_router_route_create",
    method: "POST",
    path: "/v1/vpc-router-routes",
    tags,
    summary: "Create a route",
    description: "In a custom router only.",
    query: inRouter,
    revisions: [{ since: V.INITIAL, body: RouterRouteCreate, response: RouterRoute, status: 201 }],
  }),
  vpc_router_route_view: declare({
    ...oneRoute,
    operationId: "vpc_router_route_view",
    method: "GET",
    summary: "Show a route",
    revisions: [{ since: V.INITIAL, response: RouterRoute }],
  }),
  vpc_router_route_update: declare({
    ...oneRoute,
    operationId: "vpc_router_route_update",
    method: "PUT",
    summary: "Change a route",
    description: "Of a default route only the target; other routes of the system router not at all.",
    revisions: [{ since: V.INITIAL, body: RouterRouteUpdate, response: RouterRoute }],
  }),
  vpc_router_route_delete: declare({
    ...oneRoute,
    operationId: "vpc_router_route_delete",
    method: "DELETE",
    summary: "Delete a route",
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
  internet_gateway_list: declare({
    operationId: "internet_gateway_list",
    method: "GET",
    path: "/v1/internet-gateways",
    tags,
    summary: "List the internet gateways of a VPC",
    query: { ...inVpc, ...sortByNameOrId },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: InternetGatewayResultsPage }],
  }),
  internet_gateway_create: declare({
    operationId: "internet_gateway_create",
    method: "POST",
    path: "/v1/internet-gateways",
    tags,
    summary: "Create an internet gateway",
    query: inVpc,
    revisions: [{ since: V.INITIAL, body: InternetGatewayCreate, response: InternetGateway, status: 201 }],
  }),
  internet_gateway_view: declare({
    ...oneGateway,
    operationId: "internet_gateway_view",
    method: "GET",
    summary: "Show an internet gateway",
    query: maybeVpc,
    revisions: [{ since: V.INITIAL, response: InternetGateway }],
  }),
  internet_gateway_delete: declare({
    ...oneGateway,
    operationId: "internet_gateway_delete",
    method: "DELETE",
    summary: "Delete an internet gateway",
    description: "Refused (400) while routes point at it, unless `cascade` is true: then they are deleted too.",
    query: { ...maybeVpc, cascade: query.withDefault(param.bool(), false) },
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
  internet_gateway_ip_pool_list: declare({
    operationId: "internet_gateway_ip_pool_list",
    method: "GET",
    path: "/v1/internet-gateway-ip-pools",
    tags,
    summary: "List the IP pools attached to an internet gateway",
    query: inGateway,
    paginated: true,
    revisions: [{ since: V.INITIAL, response: InternetGatewayIpPoolResultsPage }],
  }),
  internet_gateway_ip_address_list: declare({
    operationId: "internet_gateway_ip_address_list",
    method: "GET",
    path: "/v1/internet-gateway-ip-addresses",
    tags,
    summary: "List the addresses attached to an internet gateway",
    query: inGateway,
    paginated: true,
    revisions: [{ since: V.INITIAL, response: InternetGatewayIpAddressResultsPage }],
  }),
} as const;
