/** Instances: what users do with them. */
import type { Handlers } from "@racklet/api-kit";
import { instanceOperations } from "@racklet/api-types/nexus/operations/instance";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { invalidRequest } from "../errors.ts";
import { createInstance } from "../instance/create.ts";
import { deleteInstance } from "../instance/delete.ts";
import { attachedIps, attachEphemeral, detachEphemeral } from "../instance/external-ips.ts";
import { listInstances } from "../instance/lookup.ts";
import { startInstance } from "../instance/start.ts";
import { rebootInstance, stopInstance } from "../instance/stop.ts";
import { updateInstance } from "../instance/update.ts";
import { ownSilo } from "../lookup/own-silo.ts";
import { requiredParent } from "../lookup/selector.ts";
import { poolChoice } from "./floating-ip.ts";
import { newInstance } from "./instance-create.ts";
import { requestedInstance } from "./instance-selector.ts";
import { externalIpView, instanceView } from "./instance-view.ts";
import { sortedListing } from "./listing.ts";
import { joinRequests } from "./multicast-body.ts";

export const instanceHandlers: Handlers<NexusContext, typeof instanceOperations> = {
  instance_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { query, paging, page } = sortedListing(instanceOperations.instance_list.query, input);
    const project = requiredParent(query.project, "project must be specified");
    const rows = await listInstances(nexus, op, project, paging);
    return page(rows, instanceView, (row) => pageKey(paging.sortBy, row));
  },

  instance_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    return instanceView(await createInstance(nexus, op, query.project, newInstance(body)));
  },

  instance_view: async (nexus, input) => instanceView(await requestedInstance(nexus, input, "read")),

  instance_update: async (nexus, input) => {
    const { body } = input;
    const requests = body.multicast_groups == null ? null : joinRequests(body.multicast_groups);
    const op = await authenticate(nexus, input.request);
    const instance = await requestedInstance(nexus, input, "modify");
    if (body.boot_disk !== null) throw invalidRequest("disks are not served: boot_disk must be null");
    const updated = await updateInstance(nexus, instance, {
      ncpus: body.ncpus,
      memory: body.memory,
      autoRestartPolicy: body.auto_restart_policy,
      cpuPlatform: body.cpu_platform,
      // Undefined from those who do not know of jumbo frames yet.
      enableJumboFrames: body.enable_jumbo_frames as boolean | undefined,
      multicastGroups: requests === null ? null : { siloId: ownSilo(op), requests },
    });
    return instanceView(updated);
  },

  instance_delete: async (nexus, input) => deleteInstance(nexus, await requestedInstance(nexus, input, "delete")),

  instance_start: async (nexus, input) =>
    instanceView(await startInstance(nexus, await requestedInstance(nexus, input, "modify"))),

  instance_stop: async (nexus, input) =>
    instanceView(await stopInstance(nexus, await requestedInstance(nexus, input, "modify"))),

  instance_reboot: async (nexus, input) =>
    instanceView(await rebootInstance(nexus, await requestedInstance(nexus, input, "modify"))),

  instance_external_ip_list: async (nexus, input) => {
    const { id } = await requestedInstance(nexus, input, "read");
    return { items: (await attachedIps(nexus, id)).map(externalIpView), next_page: null };
  },

  instance_ephemeral_ip_attach: async (nexus, input) => {
    const instance = await requestedInstance(nexus, input, "modify");
    return externalIpView(await attachEphemeral(nexus, instance, poolChoice(input.body.pool_selector)));
  },

  instance_ephemeral_ip_detach: async (nexus, input) => {
    await detachEphemeral(nexus, await requestedInstance(nexus, input, "modify"), input.query.ip_version);
  },
};
