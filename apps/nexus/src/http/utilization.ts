/** What silos have and use. */
import type { Handlers } from "@racklet/api-kit";
import { utilizationOperations } from "@racklet/api-types/nexus/operations/utilization";
import type { SiloUtilization, VirtualResourceCounts } from "@racklet/api-types/nexus/v2025112000/utilization";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import {
  listUtilization,
  ownUtilization,
  siloUtilization,
  type Resources,
  type SiloUse,
} from "../utilization/utilization.ts";
import { sortedListing } from "./listing.ts";

export const utilizationHandlers: Handlers<NexusContext, typeof utilizationOperations> = {
  utilization_view: async (nexus, { request }) => {
    const op = await authenticate(nexus, request);
    const { allocated, provisioned } = await ownUtilization(nexus, op);
    return { capacity: counts(allocated), provisioned: counts(provisioned) };
  },

  silo_utilization_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(utilizationOperations.silo_utilization_list.query, input);
    return page(await listUtilization(nexus, op, paging), view, (row) => pageKey(paging.sortBy, row));
  },

  silo_utilization_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return view(await siloUtilization(nexus, op, params.silo));
  },
};

function view({ id, name, allocated, provisioned }: SiloUse): SiloUtilization {
  return { silo_id: id, silo_name: name, allocated: counts(allocated), provisioned: counts(provisioned) };
}

function counts({ cpus, memoryBytes, storageBytes }: Resources): VirtualResourceCounts {
  return { cpus, memory: memoryBytes, storage: storageBytes };
}
