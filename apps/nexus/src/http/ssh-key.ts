/** The caller's SSH keys. */
import type { Handlers } from "@racklet/api-kit";
import type { SshKey } from "@racklet/api-types/nexus/latest";
import { sshKeyOperations } from "@racklet/api-types/nexus/operations/ssh-key";
import { authenticate } from "../authn/authenticate.ts";
import type { NexusContext } from "../context.ts";
import { pageKey } from "../db/paginate.ts";
import { createSshKey, deleteSshKey, getSshKey, listSshKeys, type SshKeyRow } from "../ssh-key/ssh-key.ts";
import { identityView } from "./identity.ts";
import { sortedListing } from "./listing.ts";

export const sshKeyHandlers: Handlers<NexusContext, typeof sshKeyOperations> = {
  current_user_ssh_key_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const { paging, page } = sortedListing(sshKeyOperations.current_user_ssh_key_list.query, input);
    return page(await listSshKeys(nexus, op, paging), sshKeyView, (row) => pageKey(paging.sortBy, row));
  },

  current_user_ssh_key_create: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    const { name, description, public_key: publicKey } = body;
    return sshKeyView(await createSshKey(nexus, op, { name, description, publicKey }));
  },

  current_user_ssh_key_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return sshKeyView(await getSshKey(nexus, op, params.ssh_key));
  },

  current_user_ssh_key_delete: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    await deleteSshKey(nexus, op, params.ssh_key);
  },
};

function sshKeyView(row: SshKeyRow): SshKey {
  return { ...identityView(row), silo_user_id: row.silo_user_id, public_key: row.public_key };
}
