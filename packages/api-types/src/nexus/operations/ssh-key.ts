/** The caller's own SSH keys. */
import { declare } from "@racklet/api-kit";
import { nameOrId, sortByNameOrId } from "../common.ts";
import { SshKey, SshKeyCreate, SshKeyResultsPage } from "../latest.ts";
import { V } from "../versions.ts";

const tags = ["current-user"] as const;
const params = { ssh_key: nameOrId() } as const;

export const sshKeyOperations = {
  current_user_ssh_key_list: declare({
    operationId: "current_user_ssh_key_list",
    method: "GET",
    path: "/v1/me/ssh-keys",
    tags,
    query: sortByNameOrId,
    paginated: true,
    summary: "List the caller's SSH public keys",
    revisions: [{ since: V.INITIAL, response: SshKeyResultsPage }],
  }),
  current_user_ssh_key_create: declare({
    operationId: "current_user_ssh_key_create",
    method: "POST",
    path: "/v1/me/ssh-keys",
    tags,
    summary: "Create an SSH public key",
    revisions: [{ since: V.INITIAL, body: SshKeyCreate, response: SshKey, status: 201 }],
  }),
  current_user_ssh_key_view: declare({
    operationId: "current_user_ssh_key_view",
    method: "GET",
    path: "/v1/me/ssh-keys/{ssh_key}",
    tags,
    params,
    summary: "Fetch an SSH public key",
    revisions: [{ since: V.INITIAL, response: SshKey }],
  }),
  current_user_ssh_key_delete: declare({
    operationId: "current_user_ssh_key_delete",
    method: "DELETE",
    path: "/v1/me/ssh-keys/{ssh_key}",
    tags,
    params,
    summary: "Delete an SSH public key",
    description: "Instances that were created with the key keep it.",
    revisions: [{ since: V.INITIAL }],
  }),
};
