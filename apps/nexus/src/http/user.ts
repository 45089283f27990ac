/** The caller, the users and groups of a silo, and the users that the system manages. */
import type { Handlers } from "@racklet/api-kit";
import type { User, UserPassword } from "@racklet/api-types/nexus/latest";
import { userOperations } from "@racklet/api-types/nexus/operations/user";
import { authenticate } from "../authn/authenticate.ts";
import { callingUser } from "../authn/caller.ts";
import { deleteOwnToken, listOwnTokens } from "../authn/own-tokens.ts";
import { authorize } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { notFoundById } from "../errors.ts";
import {
  createLocalUser,
  deleteLocalUser,
  getCurrentUser,
  getUser,
  listUsers,
  setLocalPassword,
  type UserRow,
} from "../silo/user.ts";
import { emptyPage, idPage } from "./by-id.ts";

const byId = (row: { readonly id: string }): string => row.id;

export const userHandlers: Handlers<NexusContext, typeof userOperations> = {
  current_user_view: async (nexus, { request }) => {
    const op = await authenticate(nexus, request);
    const { user, siloName, isFleetViewer, isSiloAdmin } = await getCurrentUser(nexus, op);
    return { ...userView(user), silo_name: siloName, fleet_viewer: isFleetViewer, silo_admin: isSiloAdmin };
  },

  current_user_groups: async (nexus, { page, request }) => {
    await authenticate(nexus, request);
    return emptyPage(page);
  },

  current_user_access_token_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    const declared = userOperations.current_user_access_token_list.query;
    return idPage(
      declared,
      input,
      (page) => listOwnTokens(nexus, op, page),
      (token) => ({ ...token }),
      byId,
    );
  },

  current_user_access_token_delete: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    await deleteOwnToken(nexus, op, params.token_id);
  },

  user_list: async (nexus, input) => {
    const op = await authenticate(nexus, input.request);
    // No silo has groups: only SAML and SCIM make them.
    if (input.query.group !== undefined) throw notFoundById("silo-group", input.query.group);
    return idPage(userOperations.user_list.query, input, (page) => listUsers(nexus, op, page), userView, byId);
  },

  user_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    return userView(await getUser(nexus, op, params.user_id));
  },

  group_list: async (nexus, { page, request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "read", { type: "silo", id: callingUser(op).siloId });
    return emptyPage(page);
  },

  local_idp_user_create: async (nexus, { query, body, request }) => {
    const op = await authenticate(nexus, request);
    const user = { externalId: body.external_id, password: passwordOf(body.password) };
    return userView(await createLocalUser(nexus, op, query.silo, user));
  },

  local_idp_user_delete: async (nexus, { params, query, request }) => {
    const op = await authenticate(nexus, request);
    await deleteLocalUser(nexus, op, query.silo, params.user_id);
  },

  local_idp_user_set_password: async (nexus, { params, query, body, request }) => {
    const op = await authenticate(nexus, request);
    await setLocalPassword(nexus, op, query.silo, { id: params.user_id, password: passwordOf(body) });
  },
};

function userView(user: UserRow): User {
  const { id, silo_id, time_created, time_modified } = user;
  return { id, silo_id, time_created, time_modified, display_name: user.external_id };
}

function passwordOf(password: UserPassword): string | null {
  return password.mode === "password" ? password.value : null;
}
