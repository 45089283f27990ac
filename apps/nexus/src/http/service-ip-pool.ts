/** The pool of the system's services, for versions that know of one. */
import type { Handlers } from "@racklet/api-kit";
import type { serviceIpPoolOperations } from "@racklet/api-types/nexus/operations/service-ip-pool";
import { ipPoolDown } from "@racklet/api-types/nexus/v2026061100/ip-pool";
import { ipVersion } from "@racklet/net";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { lookupPool } from "../ip-pool/lookup.ts";
import { addRange, listRanges, removeRange } from "../ip-pool/ranges.ts";
import { findServicePool, findServicePoolOf } from "../ip-pool/service-pool.ts";
import { listing } from "./listing.ts";
import { poolView, rangeView } from "./system-ip-pool.ts";

export const serviceIpPoolHandlers: Handlers<NexusContext, typeof serviceIpPoolOperations> = {
  system_ip_pool_service_view: async (nexus, { request }) => {
    const op = await authenticate(nexus, request);
    return ipPoolDown(poolView(await lookupPool(nexus, op, await findServicePool(nexus, "v4"), "read")));
  },

  system_ip_pool_service_range_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { limit, lastSeen, page } = listing({}, input);
    const rows = await listRanges(nexus, op, await findServicePool(nexus, "v4"), { limit, lastSeen });
    return page(rows, rangeView, (row) => row.first_sort);
  },

  system_ip_pool_service_range_add: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    const version = ipVersion(body.first) === 4 ? "v4" : "v6";
    const pool = await lookupPool(nexus, op, await findServicePool(nexus, version), "modify");
    if (version === "v6") throw invalidRequest("IPv6 ranges are not allowed yet");
    return rangeView(await addRange(nexus, op, { id: pool.id }, body));
  },

  system_ip_pool_service_range_remove: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    await removeRange(nexus, op, await findServicePoolOf(nexus, body.first), body);
  },
};
