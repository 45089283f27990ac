/** Floating IPs, but for attaching and detaching. */
import { canonicalIp } from "@racklet/net";
import type { Handlers } from "@racklet/api-kit";
import { floatingIpOperations } from "@racklet/api-types/nexus/operations/floating-ip";
import type { FloatingIp as FloatingIpView } from "@racklet/api-types/nexus/v2025112000/floating-ip";
import type { FloatingIpCreate } from "@racklet/api-types/nexus/v2026012200/floating-ip";
import type { PoolSelector } from "@racklet/api-types/nexus/v2026010500/pool-selector";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import type { FloatingAddress } from "../external-ip/allocate.ts";
import type { PoolChoice } from "../external-ip/pool-choice.ts";
import {
  createFloatingIp,
  deleteFloatingIp,
  listFloatingIps,
  lookupFloatingIp,
  updateFloatingIp,
  type FloatingIp,
} from "../floating-ip/floating-ips.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";
import { bodySelector } from "./selector.ts";

export const floatingIpHandlers: Handlers<NexusContext, typeof floatingIpOperations> = {
  floating_ip_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(floatingIpOperations.floating_ip_list.query, input);
    const rows = await listFloatingIps(nexus, op, query.project, paging);
    return page(rows, floatingIpView, (row) => pageKey(paging.sortBy, row));
  },

  floating_ip_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, address_allocator } = body;
    const spec = { name, description, address: addressOf(address_allocator) };
    return floatingIpView(await createFloatingIp(nexus, op, query.project, spec));
  },

  floating_ip_view: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    const selector = { floatingIp: params.floating_ip, project: query.project };
    return floatingIpView(await lookupFloatingIp(nexus, op, selector, "read"));
  },

  floating_ip_update: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    const selector = { floatingIp: params.floating_ip, project: query.project };
    return floatingIpView(await updateFloatingIp(nexus, op, selector, body));
  },

  floating_ip_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteFloatingIp(nexus, op, { floatingIp: params.floating_ip, project: query.project });
  },
};

export function floatingIpView(row: FloatingIp): FloatingIpView {
  return {
    ...identityView(row),
    ip: row.ip,
    ip_pool_id: row.ip_pool_id,
    project_id: row.project_id,
    instance_id: row.parent_id,
  };
}

/** What a request says of the pool; nothing is the default pool. */
export function poolChoice(selector: PoolSelector | undefined): PoolChoice {
  if (selector === undefined) return { kind: "auto", ipVersion: null };
  return selector.type === "explicit"
    ? { kind: "explicit", pool: bodySelector(selector.pool) }
    : { kind: "auto", ipVersion: selector.ip_version ?? null };
}

function addressOf(allocator: FloatingIpCreate["address_allocator"]): FloatingAddress {
  if (allocator?.type !== "explicit") return poolChoice(allocator?.pool_selector);
  return { kind: "address", ip: canonicalIp(allocator.ip) ?? allocator.ip };
}
