/** The network interfaces of instances. */
import type { Handlers, RequestInfo } from "@racklet/api-kit";
import { networkInterfaceOperations } from "@racklet/api-types/nexus/operations/instance";
import { authenticate } from "../authn/authenticate.ts";
import type { Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { requiredParent, type Selector } from "../lookup/selector.ts";
import { addNic, deleteNic, updateNic } from "../nic/change.ts";
import type { NicRow } from "../nic/create.ts";
import { listNics, lookupNic } from "../nic/lookup.ts";
import { nicRequest } from "./instance-create.ts";
import { requestedInstance } from "./instance-selector.ts";
import { nicView } from "./instance-view.ts";
import { sortedListing } from "./listing.ts";

interface OneNic {
  readonly params: { readonly interface: Selector };
  readonly query: { readonly instance?: Selector | undefined; readonly project?: Selector | undefined };
  readonly request: RequestInfo;
}

async function requestedNic(nexus: NexusContext, input: OneNic, action: Action): Promise<NicRow> {
  const op = await authenticate(nexus, input.request);
  const { instance, project } = input.query;
  return lookupNic(nexus, op, { nic: input.params.interface, instance, project }, action);
}

export const networkInterfaceHandlers: Handlers<NexusContext, typeof networkInterfaceOperations> = {
  instance_network_interface_list: async (nexus, input) => {
    const declared = networkInterfaceOperations.instance_network_interface_list.query;
    const { query, paging, page } = sortedListing(declared, input);
    const instance = requiredParent(query.instance, "instance must be specified");
    const { id } = await requestedInstance(nexus, { params: { instance }, query, request: input.request }, "read");
    return page(await listNics(nexus, id, paging), nicView, (row) => pageKey(paging.sortBy, row));
  },

  instance_network_interface_create: async (nexus, { query, body, request }) => {
    const { instance: selector, project } = query;
    const one = { params: { instance: selector }, query: { project }, request };
    const instance = await requestedInstance(nexus, one, "modify");
    return nicView(await addNic(nexus, instance, nicRequest(body)));
  },

  instance_network_interface_view: async (nexus, input) => nicView(await requestedNic(nexus, input, "read")),

  instance_network_interface_update: async (nexus, input) => {
    const nic = await requestedNic(nexus, input, "modify");
    const { name, description, primary = false, transit_ips: transitIps = [] } = input.body;
    return nicView(await updateNic(nexus, nic, { name, description, primary, transitIps }));
  },

  instance_network_interface_delete: async (nexus, input) => {
    await deleteNic(nexus, await requestedNic(nexus, input, "modify"));
  },
};
