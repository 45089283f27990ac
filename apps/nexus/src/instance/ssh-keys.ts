import type { Selectable } from "kysely";
import type { NexusContext } from "../context.ts";
import { paginate, type Paging } from "../db/paginate.ts";
import type { SshKeyTable } from "../db/schema.ts";

const KEYS = { name: "ssh_key.name", id: "ssh_key.id" };

/** The keys the instance was created with, also those that their user has deleted since. */
export function instanceSshKeys(
  nexus: NexusContext,
  instanceId: string,
  paging: Paging,
): Promise<Selectable<SshKeyTable>[]> {
  const keys = nexus.store.db
    .selectFrom("instance_ssh_key")
    .innerJoin("ssh_key", "ssh_key.id", "instance_ssh_key.ssh_key_id")
    .selectAll("ssh_key")
    .where("instance_ssh_key.instance_id", "=", instanceId);
  return paginate(keys, paging, KEYS).execute();
}
