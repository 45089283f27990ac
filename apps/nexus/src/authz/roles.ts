/** The roles a user has, with what each implies. One look-up per request. */
import type { NexusContext } from "../context.ts";
import type { Actor, OpContext } from "../op-context.ts";

export const FLEET_ROLES = ["viewer", "collaborator", "admin"] as const;
/** Of a silo and of a project. Each role implies those before it. */
export const SILO_ROLES = ["viewer", "limited_collaborator", "collaborator", "admin"] as const;

export type FleetRole = (typeof FLEET_ROLES)[number];
export type SiloRole = (typeof SILO_ROLES)[number];

/** The fleet is one: role assignments name it by this id, upstream's. */
export const FLEET_ID = "001de000-1334-4000-8000-000000000000";

/** Ranks: -1 is no role, otherwise the index in the list above. */
export interface ActorRoles {
  readonly siloId: string;
  readonly siloUserId: string;
  readonly fleet: number;
  silo(id: string): number;
  project(id: string): number;
}

const known = new WeakMap<OpContext, Promise<ActorRoles>>();

export function rolesOf(
  nexus: NexusContext,
  op: OpContext,
  actor: Extract<Actor, { kind: "silo-user" }>,
): Promise<ActorRoles> {
  let roles = known.get(op);
  if (roles === undefined) known.set(op, (roles = loadRoles(nexus, actor)));
  return roles;
}

async function loadRoles(
  { store }: NexusContext,
  { siloId, siloUserId }: Extract<Actor, { kind: "silo-user" }>,
): Promise<ActorRoles> {
  const [assignments, silo] = await Promise.all([
    store.db
      .selectFrom("role_assignment")
      .select(["resource_type", "resource_id", "role_name"])
      .where("identity_type", "=", "silo_user")
      .where("identity_id", "=", siloUserId)
      .execute(),
    store.db.selectFrom("silo").select("mapped_fleet_roles").where("id", "=", siloId).executeTakeFirstOrThrow(),
  ]);
  const best = (type: "fleet" | "silo" | "project", id: string): number =>
    assignments
      .filter((each) => each.resource_type === type && each.resource_id === id)
      .reduce((rank, each) => Math.max(rank, rankOf(type === "fleet" ? FLEET_ROLES : SILO_ROLES, each.role_name)), -1);
  return {
    siloId,
    siloUserId,
    fleet: Math.max(best("fleet", FLEET_ID), conferredFleetRank(silo.mapped_fleet_roles, best("silo", siloId))),
    silo: (id) => best("silo", id),
    project: (id) => best("project", id),
  };
}

// What the user's silo confers on everybody with a role in it.
function conferredFleetRank(mappedFleetRoles: string, siloRank: number): number {
  // Written by silo creation only, in this shape.
  const mapped = JSON.parse(mappedFleetRoles) as Partial<Record<SiloRole, FleetRole[]>>;
  return SILO_ROLES.filter((_, rank) => rank <= siloRank)
    .flatMap((role) => mapped[role] ?? [])
    .reduce((rank, role) => Math.max(rank, rankOf(FLEET_ROLES, role)), -1);
}

function rankOf(roles: readonly string[], role: string): number {
  return roles.indexOf(role);
}
