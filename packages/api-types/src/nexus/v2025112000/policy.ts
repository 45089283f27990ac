/** Who has which role on the fleet, a silo or a project. */
import { s, type Infer, type Schema } from "@racklet/api-kit";

export const FleetRole = s.named("FleetRole", s.enum(["admin", "collaborator", "viewer"]));
export type FleetRole = Infer<typeof FleetRole>;

const SILO_ROLES = ["admin", "collaborator", "limited_collaborator", "viewer"] as const;
export const SiloRole = s.named("SiloRole", s.enum(SILO_ROLES));
export type SiloRole = Infer<typeof SiloRole>;
export const ProjectRole = s.named("ProjectRole", s.enum(SILO_ROLES));

export const IdentityType = s.named(
  "IdentityType",
  s.enum(["silo_user", "silo_group"]),
  "What kind of identity an id names",
);

export interface Policy<Role> {
  role_assignments: { identity_id: string; identity_type: "silo_user" | "silo_group"; role_name: Role }[];
}

function policyOf<Role>(name: string, role: Schema<Role>): Schema<Policy<Role>> {
  const assignment = s.named(
    `${name}RoleAssignment`,
    s.object({ identity_id: s.uuid(), identity_type: IdentityType, role_name: role }),
    "A role that an identity has on the resource of the policy",
  ) as Schema<Policy<Role>["role_assignments"][number]>; // a type parameter hides from the object type that it is no optional field
  return s.named(
    `${name}Policy`,
    s.object({ role_assignments: s.described("roles assigned on this resource itself", s.array(assignment)) }),
    "Access granted on one resource itself; policies of what it lies in may grant more",
  );
}

export const FleetRolePolicy = policyOf("FleetRole", FleetRole);
export const SiloRolePolicy = policyOf("SiloRole", SiloRole);
export const ProjectRolePolicy = policyOf("ProjectRole", ProjectRole);
