/** Deletes an instance that is off, and what is its own: interfaces, source NAT, ephemeral addresses, memberships. Floating IPs stay, detached. */
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import type { NexusContext } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import { releaseAllOfInstanceIn } from "../external-ip/deallocate.ts";
import { endMembershipsOf } from "../multicast/members.ts";
import { writeMulticast, type MulticastWriter } from "../multicast/writer.ts";
import { removeInstanceNatIn } from "../nat/instance.ts";

export interface InstanceDeleteParams {
  readonly instanceId: string;
}

export const instanceDelete = defineSaga("instance-delete", (saga: SagaBuilder<InstanceDeleteParams, NexusContext>) => {
  // One transaction: there is no moment at which the instance is half gone, and nothing to take back.
  saga.node("delete_record", {
    do: async ({ services, params }) => {
      const removed = await writeMulticast(services, (writer) => deleteAll(writer, params.instanceId));
      if (removed > 0) services.natChanged();
    },
  });
});

async function deleteAll(writer: MulticastWriter, instanceId: string): Promise<number> {
  const { nexus, tx, now } = writer;
  const instance = await tx
    .selectFrom("instance")
    .select("state")
    .where("id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (instance === undefined) return 0;
  if (instance.state !== "no_vmm" && instance.state !== "failed") throw notDeletable();
  await tx
    .updateTable("instance")
    .set((eb) => ({
      state: "destroyed",
      intended_state: "destroyed",
      time_state_updated: now,
      time_deleted: now,
      state_gen: eb("state_gen", "+", 1),
    }))
    .where("id", "=", instanceId)
    .execute();
  await tx.deleteFrom("instance_ssh_key").where("instance_id", "=", instanceId).execute();
  // An instance that is off has no NAT entries; should a fault have left some, they must not outlive their addresses.
  const removed = await removeInstanceNatIn(nexus, tx, { instanceId });
  await releaseAllOfInstanceIn(tx, now, instanceId);
  await endMembershipsOf(writer, instanceId);
  await tx
    .updateTable("network_interface")
    .set({ time_deleted: now })
    .where("instance_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .execute();
  return removed;
}

export const notDeletable = () =>
  invalidRequest("cannot delete instance: instance is running or has not yet fully stopped");
