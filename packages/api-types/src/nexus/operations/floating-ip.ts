/** Floating IPs. */
import { declare, query } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import * as v2025112000 from "../v2025112000/floating-ip.ts";
import * as v2025122300 from "../v2025122300/floating-ip.ts";
import * as v2026010500 from "../v2026010500/floating-ip.ts";
import * as v2026011600 from "../v2026011600/floating-ip.ts";
import * as v2026012200 from "../v2026012200/floating-ip.ts";
import { V } from "../versions.ts";

const tags = ["floating-ips"] as const;
const inProject = { project: query.required(nameOrId()) } as const;
const one = { params: { floating_ip: nameOrId() }, query: { project: query.optional(nameOrId()) } } as const;
const path = "/v1/floating-ips/{floating_ip}";
const response = v2025112000.FloatingIp;

export const floatingIpOperations = {
  floating_ip_list: declare({
    operationId: "floating_ip_list",
    method: "GET",
    path: "/v1/floating-ips",
    tags,
    summary: "List the floating IPs of a project",
    query: { ...inProject, ...sortByNameOrId },
    paginated: true,
    revisions: [{ since: V.INITIAL, response: v2025112000.FloatingIpResultsPage }],
  }),
  floating_ip_create: declare({
    operationId: "floating_ip_create",
    method: "POST",
    path: "/v1/floating-ips",
    tags,
    summary: "Create a floating IP",
    description:
      "A certain address, or the lowest free one of a pool; 507 when there is none. It is attached to nothing at first.",
    query: inProject,
    revisions: [
      { since: V.FLOATING_IP_ALLOCATOR, body: v2026012200.FloatingIpCreate, response, status: 201 },
      {
        since: V.RENAME_ADDRESS_SELECTOR_TO_ALLOCATOR,
        body: v2026011600.FloatingIpCreate,
        response,
        status: 201,
        up: v2026012200.floatingIpCreateUp,
      },
      {
        since: V.POOL_SELECTION_ENUMS,
        body: v2026010500.FloatingIpCreate,
        response,
        status: 201,
        up: v2026011600.floatingIpCreateUp,
      },
      {
        since: V.IP_VERSION_AND_MULTIPLE_DEFAULT_POOLS,
        body: v2025122300.FloatingIpCreate,
        response,
        status: 201,
        up: v2026010500.floatingIpCreateUp,
      },
      {
        since: V.INITIAL,
        body: v2025112000.FloatingIpCreate,
        response,
        status: 201,
        up: v2025122300.floatingIpCreateUp,
      },
    ],
  }),
  floating_ip_view: declare({
    ...one,
    operationId: "floating_ip_view",
    method: "GET",
    path,
    tags,
    summary: "Show a floating IP",
    revisions: [{ since: V.INITIAL, response }],
  }),
  floating_ip_update: declare({
    ...one,
    operationId: "floating_ip_update",
    method: "PUT",
    path,
    tags,
    summary: "Rename or describe a floating IP",
    revisions: [{ since: V.INITIAL, body: v2025112000.FloatingIpUpdate, response }],
  }),
  floating_ip_delete: declare({
    ...one,
    operationId: "floating_ip_delete",
    method: "DELETE",
    path,
    tags,
    summary: "Delete a floating IP",
    description: "Refused (400) while it is attached.",
    revisions: [{ since: V.INITIAL, status: 204 }],
  }),
} as const;

/** The two that are work for a saga. */
export const floatingIpAttachOperations = {
  floating_ip_attach: declare({
    ...one,
    operationId: "floating_ip_attach",
    method: "POST",
    path: `${path}/attach`,
    tags,
    summary: "Attach a floating IP to an instance",
    description:
      "Of the same project, running or not. Attached to it already: no change. Attached to another one: 400. On its way to or from one: 503.",
    revisions: [{ since: V.INITIAL, body: v2025112000.FloatingIpAttach, response, status: 202 }],
  }),
  floating_ip_detach: declare({
    ...one,
    operationId: "floating_ip_detach",
    method: "POST",
    path: `${path}/detach`,
    tags,
    summary: "Detach a floating IP from its instance",
    description: "Detached already: no change.",
    revisions: [{ since: V.INITIAL, response, status: 202 }],
  }),
} as const;
