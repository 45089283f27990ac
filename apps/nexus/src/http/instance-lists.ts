/** What belongs to an instance. Of what does not exist here yet there is none, once the instance is known to exist. */
import type { Handlers, PageRequest, ResultsPage } from "@racklet/api-kit";
import { instanceListOperations } from "@racklet/api-types/nexus/operations/instance-lists";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { instanceSshKeys } from "../instance/ssh-keys.ts";
import { emptyPage } from "./by-id.ts";
import { identityView } from "./identity.ts";
import { requestedInstance, type OneInstance } from "./instance-selector.ts";
import { sortedListing } from "./listing.ts";

async function none(
  nexus: NexusContext,
  input: OneInstance & { readonly page: PageRequest },
): Promise<ResultsPage<never>> {
  await requestedInstance(nexus, input, "read");
  return emptyPage(input.page);
}

export const instanceListHandlers: Handlers<NexusContext, typeof instanceListOperations> = {
  instance_ssh_public_key_list: async (nexus, input) => {
    const { query, paging, page } = sortedListing(instanceListOperations.instance_ssh_public_key_list.query, input);
    const { id } = await requestedInstance(nexus, { ...input, query }, "read");
    const rows = await instanceSshKeys(nexus, id, paging);
    return page(
      rows,
      (row) => ({ ...identityView(row), silo_user_id: row.silo_user_id, public_key: row.public_key }),
      (row) => pageKey(paging.sortBy, row),
    );
  },
  instance_disk_list: none,
  instance_affinity_group_list: none,
  instance_anti_affinity_group_list: none,
  instance_external_subnet_list: none,
};
