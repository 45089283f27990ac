/** The role assignments on one resource, read and replaced as a whole. The caller's right to do so is checked by whoever looks the resource up. */
import type { NexusContext } from "../context.ts";
import { invalidRequest } from "../errors.ts";

export const MAX_ASSIGNMENTS = 64;

export interface Assignment {
  readonly role: string;
  readonly identityType: "silo_user" | "silo_group";
  readonly identityId: string;
}

export interface PolicyResource {
  readonly type: "fleet" | "silo" | "project";
  readonly id: string;
}

/** In the order of role, then kind and id of the identity. */
export async function getPolicy({ store }: NexusContext, { type, id }: PolicyResource): Promise<Assignment[]> {
  const rows = await store.db
    .selectFrom("role_assignment")
    .select(["role_name", "identity_type", "identity_id"])
    .where("resource_type", "=", type)
    .where("resource_id", "=", id)
    .orderBy("role_name")
    .orderBy("identity_type")
    .orderBy("identity_id")
    .execute();
  return rows.map((row) => ({ role: row.role_name, identityType: row.identity_type, identityId: row.identity_id }));
}

/** Throws invalid-request for more than 64 assignments. Naming one twice is the same as once. */
export async function replacePolicy(
  nexus: NexusContext,
  resource: PolicyResource,
  assignments: readonly Assignment[],
): Promise<Assignment[]> {
  if (assignments.length > MAX_ASSIGNMENTS) {
    throw invalidRequest(`role_assignments: at most ${MAX_ASSIGNMENTS} are possible, got ${assignments.length}`);
  }
  const rows = new Map(
    assignments.map(({ role, identityType, identityId }) => [
      `${role} ${identityType} ${identityId}`,
      {
        resource_type: resource.type,
        resource_id: resource.id,
        role_name: role,
        identity_type: identityType,
        identity_id: identityId,
      },
    ]),
  );
  await nexus.store.transaction(async (tx) => {
    await tx
      .deleteFrom("role_assignment")
      .where("resource_type", "=", resource.type)
      .where("resource_id", "=", resource.id)
      .execute();
    if (rows.size > 0)
      await tx
        .insertInto("role_assignment")
        .values([...rows.values()])
        .execute();
  });
  return getPolicy(nexus, resource);
}
