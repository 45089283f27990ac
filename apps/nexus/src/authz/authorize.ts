/**
 * May the caller do this? Roles on the fleet let people manage silos, not look inside them; roles on a silo carry into its
 * projects; roles on a project stay there. Must be asked outside a transaction.
 */
import type { NexusContext } from "../context.ts";
import { forbidden, type NexusError } from "../errors.ts";
import type { OpContext } from "../op-context.ts";
import { FLEET_ROLES, rolesOf, SILO_ROLES, type ActorRoles, type FleetRole, type SiloRole } from "./roles.ts";

export type Action = "read" | "list_children" | "create_child" | "modify" | "delete";

export type Resource =
  | { readonly type: "fleet" }
  | { readonly type: "silo"; readonly id: string }
  | { readonly type: "project"; readonly id: string; readonly siloId: string }
  /** Something in a project: `compute` (instances, floating IPs …) or `network` (VPCs and what is in them). */
  | { readonly type: "in-project"; readonly id: string; readonly siloId: string; readonly part: "compute" | "network" }
  /** `id` is absent for the users of a silo as a whole. */
  | { readonly type: "silo-user"; readonly id?: string; readonly siloId: string }
  | { readonly type: "identity-provider" | "certificate"; readonly siloId: string };

/**
 * Throws `notFound` to a caller who may not even read the resource, so that its existence does not show, and `forbidden` to
 * one who may read it but not do this. Without `notFound` it is always `forbidden`: for what everybody knows to exist.
 */
export async function authorize(
  nexus: NexusContext,
  op: OpContext,
  action: Action,
  resource: Resource,
  notFound?: NexusError,
): Promise<void> {
  if (op.actor.kind === "internal") return;
  const roles = await rolesOf(nexus, op, op.actor);
  if (isAllowed(roles, action, resource)) return;
  throw notFound !== undefined && !isAllowed(roles, "read", resource) ? notFound : forbidden();
}

/** The same question as a yes or no. */
export async function mayDo(nexus: NexusContext, op: OpContext, action: Action, resource: Resource): Promise<boolean> {
  return op.actor.kind === "internal" || isAllowed(await rolesOf(nexus, op, op.actor), action, resource);
}

function isAllowed(roles: ActorRoles, action: Action, resource: Resource): boolean {
  switch (resource.type) {
    case "fleet":
      return onFleet(roles, { read: "viewer", create: "collaborator", modify: "admin" }[kindOf(action)] as FleetRole);
    case "silo":
      return onSilo(roles, action, resource.id);
    case "project":
      return (
        projectRank(roles, resource) >=
        rank(({ read: "viewer", create: "limited_collaborator", modify: "admin" } as const)[kindOf(action)])
      );
    case "in-project": {
      const writer = resource.part === "compute" ? "limited_collaborator" : "collaborator";
      return projectRank(roles, resource) >= rank(kindOf(action) === "read" ? "viewer" : writer);
    }
    case "silo-user":
      return onUser(roles, action, resource);
    case "identity-provider":
      return kindOf(action) === "read"
        ? onSilo(roles, "read", resource.siloId)
        : roles.silo(resource.siloId) >= rank("admin") || onFleet(roles, "admin");
    case "certificate":
      return roles.silo(resource.siloId) >= rank("admin") || onFleet(roles, "admin");
  }
}

function onSilo(roles: ActorRoles, action: Action, id: string): boolean {
  const own = roles.silo(id);
  switch (action) {
    case "read":
      // Everybody may see the silo they live in.
      return own >= rank("viewer") || onFleet(roles, "viewer") || roles.siloId === id;
    case "list_children":
      return own >= rank("viewer");
    case "create_child":
      return own >= rank("collaborator");
    case "modify":
    case "delete":
      return own >= rank("admin") || onFleet(roles, "collaborator");
  }
}

function onUser(roles: ActorRoles, action: Action, user: { readonly id?: string; readonly siloId: string }): boolean {
  if (user.id === roles.siloUserId) return true;
  if (kindOf(action) === "read") return roles.siloId === user.siloId || onSilo(roles, "read", user.siloId);
  return roles.silo(user.siloId) >= rank("admin") || onFleet(roles, "admin");
}

/** What a role on the silo amounts to in each of its projects, or the role on the project itself. */
function projectRank(roles: ActorRoles, { id, siloId }: { readonly id: string; readonly siloId: string }): number {
  const silo = roles.silo(siloId);
  return Math.max(roles.project(id), silo >= rank("collaborator") ? rank("admin") : silo);
}

function kindOf(action: Action): "read" | "create" | "modify" {
  if (action === "read" || action === "list_children") return "read";
  return action === "create_child" ? "create" : "modify";
}

const rank = (role: SiloRole): number => SILO_ROLES.indexOf(role);
const onFleet = (roles: ActorRoles, role: FleetRole): boolean => roles.fleet >= FLEET_ROLES.indexOf(role);
