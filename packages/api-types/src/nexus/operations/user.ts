/** Who the caller is, the users and groups of the caller's silo, and the users that the system itself manages. */
import { declare, param, query } from "@racklet/api-kit";
import { nameOrId, sortById } from "../common.ts";
import {
  CurrentUser,
  DeviceAccessTokenResultsPage,
  GroupResultsPage,
  User,
  UserCreate,
  UserPassword,
  UserResultsPage,
} from "../latest.ts";
import * as initial from "../v2025112000/user.ts";
import { downCurrentUser, downGroupPage, downUser, downUserPage } from "../v2026030200/user.ts";
import { V } from "../versions.ts";

const inSilo = { silo: query.required(nameOrId()) } as const;
const userId = { user_id: param.uuid() } as const;
const LOCAL_ONLY = "The silo must have users that the system manages (`local_only`).";

export const userOperations = {
  current_user_view: declare({
    operationId: "current_user_view",
    method: "GET",
    path: "/v1/me",
    tags: ["current-user"],
    summary: "Fetch the caller",
    revisions: [
      { since: V.USER_AND_GROUP_TIMES, response: CurrentUser },
      { since: V.INITIAL, response: initial.CurrentUser, down: downCurrentUser },
    ],
  }),
  current_user_groups: declare({
    operationId: "current_user_groups",
    method: "GET",
    path: "/v1/me/groups",
    tags: ["current-user"],
    query: sortById,
    paginated: true,
    summary: "List the groups of the caller",
    revisions: [
      { since: V.USER_AND_GROUP_TIMES, response: GroupResultsPage },
      { since: V.INITIAL, response: initial.GroupResultsPage, down: downGroupPage },
    ],
  }),
  current_user_access_token_list: declare({
    operationId: "current_user_access_token_list",
    method: "GET",
    path: "/v1/me/access-tokens",
    tags: ["tokens"],
    query: sortById,
    paginated: true,
    summary: "List the caller's access tokens",
    description: "Those that still work; the secrets are not shown.",
    revisions: [{ since: V.INITIAL, response: DeviceAccessTokenResultsPage }],
  }),
  current_user_access_token_delete: declare({
    operationId: "current_user_access_token_delete",
    method: "DELETE",
    path: "/v1/me/access-tokens/{token_id}",
    tags: ["tokens"],
    params: { token_id: param.uuid() },
    summary: "Delete an access token",
    description: "It stops working at once.",
    revisions: [{ since: V.INITIAL }],
  }),
  user_list: declare({
    operationId: "user_list",
    method: "GET",
    path: "/v1/users",
    tags: ["silos"],
    query: { group: query.optional(param.uuid()), ...sortById },
    paginated: true,
    summary: "List the users of the caller's silo",
    revisions: [
      { since: V.USER_AND_GROUP_TIMES, response: UserResultsPage },
      { since: V.INITIAL, response: initial.UserResultsPage, down: downUserPage },
    ],
  }),
  user_view: declare({
    operationId: "user_view",
    method: "GET",
    path: "/v1/users/{user_id}",
    tags: ["silos"],
    params: userId,
    summary: "Fetch a user of the caller's silo",
    revisions: [
      { since: V.USER_AND_GROUP_TIMES, response: User },
      { since: V.INITIAL, response: initial.User, down: downUser },
    ],
  }),
  group_list: declare({
    operationId: "group_list",
    method: "GET",
    path: "/v1/groups",
    tags: ["silos"],
    query: sortById,
    paginated: true,
    summary: "List the groups of the caller's silo",
    revisions: [
      { since: V.USER_AND_GROUP_TIMES, response: GroupResultsPage },
      { since: V.INITIAL, response: initial.GroupResultsPage, down: downGroupPage },
    ],
  }),
  local_idp_user_create: declare({
    operationId: "local_idp_user_create",
    method: "POST",
    path: "/v1/system/identity-providers/local/users",
    tags: ["system/silos"],
    query: inSilo,
    summary: "Create a user",
    description: LOCAL_ONLY,
    revisions: [
      { since: V.USER_AND_GROUP_TIMES, body: UserCreate, response: User, status: 201 },
      { since: V.INITIAL, body: UserCreate, response: initial.User, down: downUser, status: 201 },
    ],
  }),
  local_idp_user_delete: declare({
    operationId: "local_idp_user_delete",
    method: "DELETE",
    path: "/v1/system/identity-providers/local/users/{user_id}",
    tags: ["system/silos"],
    params: userId,
    query: inSilo,
    summary: "Delete a user",
    description: `Sessions and access tokens of the user end with it. ${LOCAL_ONLY}`,
    revisions: [{ since: V.INITIAL }],
  }),
  local_idp_user_set_password: declare({
    operationId: "local_idp_user_set_password",
    method: "POST",
    path: "/v1/system/identity-providers/local/users/{user_id}/set-password",
    tags: ["system/silos"],
    params: userId,
    query: inSilo,
    idempotent: true,
    summary: "Set a user's password, or take it away",
    description: LOCAL_ONLY,
    revisions: [{ since: V.INITIAL, body: UserPassword }],
  }),
};
