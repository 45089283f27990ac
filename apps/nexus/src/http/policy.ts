/** Role assignments. Reading them takes the right to read the resource, replacing them the right to modify it. */
import type { Handlers } from "@racklet/api-kit";
import type { Policy } from "@racklet/api-types/nexus/latest";
import type { policyOperations } from "@racklet/api-types/nexus/operations/policy";
import { authenticate } from "../authn/authenticate.ts";
import { callingUser } from "../authn/caller.ts";
import { authorize } from "../authz/authorize.ts";
import { getPolicy, replacePolicy, type Assignment } from "../authz/policy.ts";
import { FLEET_ID, type FleetRole, type SiloRole } from "../authz/roles.ts";
import type { NexusContext } from "../context.ts";
import type { OpContext } from "../op-context.ts";
import { lookupProject } from "../project/lookup.ts";
import { lookupSilo } from "../lookup/silo.ts";

const FLEET = { type: "fleet", id: FLEET_ID } as const;

export const policyHandlers: Handlers<NexusContext, typeof policyOperations> = {
  policy_view: async (nexus, { request }) => {
    const op = await authenticate(nexus, request);
    const { id } = await lookupSilo(nexus, op, ownSilo(op), "read");
    return view<SiloRole>(await getPolicy(nexus, { type: "silo", id }));
  },
  policy_update: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    const { id } = await lookupSilo(nexus, op, ownSilo(op), "modify");
    return view<SiloRole>(await replacePolicy(nexus, { type: "silo", id }, assignments(body)));
  },

  project_policy_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    const { id } = await lookupProject(nexus, op, params.project, "read");
    return view<SiloRole>(await getPolicy(nexus, { type: "project", id }));
  },
  project_policy_update: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    const { id } = await lookupProject(nexus, op, params.project, "modify");
    return view<SiloRole>(await replacePolicy(nexus, { type: "project", id }, assignments(body)));
  },

  silo_policy_view: async (nexus, { params, request }) => {
    const op = await authenticate(nexus, request);
    const { id } = await lookupSilo(nexus, op, params.silo, "read");
    return view<SiloRole>(await getPolicy(nexus, { type: "silo", id }));
  },
  silo_policy_update: async (nexus, { params, body, request }) => {
    const op = await authenticate(nexus, request);
    const { id } = await lookupSilo(nexus, op, params.silo, "modify");
    return view<SiloRole>(await replacePolicy(nexus, { type: "silo", id }, assignments(body)));
  },

  system_policy_view: async (nexus, { request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "read", { type: "fleet" });
    return view<FleetRole>(await getPolicy(nexus, FLEET));
  },
  system_policy_update: async (nexus, { body, request }) => {
    const op = await authenticate(nexus, request);
    await authorize(nexus, op, "modify", { type: "fleet" });
    return view<FleetRole>(await replacePolicy(nexus, FLEET, assignments(body)));
  },
};

function ownSilo(op: OpContext): { readonly id: string } {
  return { id: callingUser(op).siloId };
}

function assignments(policy: Policy<string>): Assignment[] {
  return policy.role_assignments.map(({ role_name, identity_type, identity_id }) => ({
    role: role_name,
    identityType: identity_type,
    identityId: identity_id.toLowerCase(),
  }));
}

/** Only roles of the resource's kind are ever stored. */
function view<Role extends string>(stored: readonly Assignment[]): Policy<Role> {
  return {
    role_assignments: stored.map(({ role, identityType, identityId }) => ({
      role_name: role as Role,
      identity_type: identityType,
      identity_id: identityId,
    })),
  };
}
