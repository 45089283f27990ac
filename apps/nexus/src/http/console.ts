/** Truthful answers about what does not exist here: no history of use, no disks in sleds, no updates. */
import type { Handlers, PageRequest, RequestInfo } from "@racklet/api-kit";
import type { consoleOperations } from "@racklet/api-types/nexus/operations/console";
import { authenticate } from "../authn/authenticate.ts";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import { lookupSilo } from "../lookup/silo.ts";
import { lookupProject } from "../project/lookup.ts";
import { emptyPage } from "./by-id.ts";

interface Asked {
  readonly page: PageRequest;
  readonly request: RequestInfo;
}

async function ofFleet(nexus: NexusContext, { page, request }: Asked) {
  const op = await authenticate(nexus, request);
  await authorize(nexus, op, "list_children", { type: "fleet" });
  return emptyPage<never>(page);
}

export const consoleHandlers: Handlers<NexusContext, typeof consoleOperations> = {
  physical_disk_list: ofFleet,
  system_update_repository_list: ofFleet,

  silo_metric: async (nexus, { query, page, request }) => {
    const op = await authenticate(nexus, request);
    if (query.project !== undefined) await lookupProject(nexus, op, query.project, "read");
    else await authorize(nexus, op, "list_children", { type: "silo", id: ownSilo(op) });
    return emptyPage(page);
  },

  system_metric: async (nexus, { query, page, request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "read", { type: "fleet" });
    if (query.silo !== undefined) await lookupSilo(nexus, op, query.silo, "read");
    return emptyPage(page);
  },

  system_update_status: async (nexus, { request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "read", { type: "fleet" });
    const { time_created } = await nexus.store.db
      .selectFrom("rack")
      .select("time_created")
      .orderBy("time_created")
      .limit(1)
      .executeTakeFirstOrThrow();
    return {
      components_by_release_version: {},
      contact_support: false,
      suspended: false,
      target_release: null,
      // Nothing was ever planned after the rack came to be.
      time_last_step_planned: time_created,
    };
  },
};
