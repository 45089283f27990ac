/** Makes an instance, stopped: record, SSH keys, interfaces, source NAT, external addresses, multicast groups. All of it, or nothing. */
import { defineSaga, type SagaBuilder } from "@racklet/saga";
import { UniqueViolation } from "@racklet/store";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { requireLive } from "../db/require-live.ts";
import type { InstanceTable } from "../db/schema.ts";
import { alreadyExists } from "../errors.ts";
import { allocateEphemeral, allocateSnat } from "../external-ip/allocate.ts";
import { beginAttachFloating, completeAttach, undoAttach } from "../external-ip/attach.ts";
import { deallocate } from "../external-ip/deallocate.ts";
import type { PoolChoice } from "../external-ip/pool-choice.ts";
import { makeMembership, takeBackMembership, type MembershipPlan } from "../multicast/instance-create.ts";
import { endMembershipsOf } from "../multicast/members.ts";
import { writeMulticast } from "../multicast/writer.ts";
import { createNic, removeNic } from "../nic/create.ts";
import type { NicPlan } from "../nic/plan.ts";

export type ExternalIpPlan =
  | { readonly kind: "ephemeral"; readonly id: string; readonly pool: PoolChoice }
  | { readonly kind: "floating"; readonly id: string };

export interface InstanceCreateParams {
  readonly instanceId: string;
  readonly siloId: string;
  readonly columns: Pick<
    InstanceTable,
    | "project_id"
    | "name"
    | "description"
    | "ncpus"
    | "memory_bytes"
    | "hostname"
    | "user_data"
    | "auto_restart_policy"
    | "cpu_platform"
    | "enable_jumbo_frames"
  >;
  readonly sshKeyIds: readonly string[];
  /** The first is primary. */
  readonly nics: readonly NicPlan[];
  /** Of the source NAT block, for an instance whose primary interface has an IPv4 stack. Upstream gives none for IPv6. */
  readonly snatIpId: string | null;
  readonly externalIps: readonly ExternalIpPlan[];
  /** Absent from sagas that an older Nexus began. */
  readonly multicastGroups?: readonly MembershipPlan[];
}

export const instanceCreate = defineSaga("instance-create", (saga: SagaBuilder<InstanceCreateParams, NexusContext>) => {
  const { instanceId, siloId, nics, snatIpId, externalIps, multicastGroups = [] } = saga.params;

  saga.node("record", {
    do: ({ services }) => insertRecord(services, saga.params),
    undo: ({ services }) => endRecord(services, instanceId),
  });
  saga.node("ssh_keys", {
    do: async ({ services, params }) => assignSshKeys(services, instanceId, params.sshKeyIds),
    undo: async ({ services }) => {
      await services.store.db.deleteFrom("instance_ssh_key").where("instance_id", "=", instanceId).execute();
    },
  });
  for (const [i, nic] of nics.entries()) {
    saga.node(`network_interface_${i}`, {
      do: async ({ services }) => void (await createNic(services, instanceId, nic)),
      undo: ({ services }) => removeNic(services, services.store.db, nic.id),
    });
  }
  if (snatIpId !== null) {
    saga.node("snat_ipv4", {
      do: async ({ services }) =>
        void (await allocateSnat(services, { id: snatIpId, instanceId, siloId, ipVersion: "v4" })),
      undo: async ({ services }) => void (await deallocate(services, snatIpId)),
    });
  }
  for (const [i, ip] of externalIps.entries()) {
    saga.node(`external_ip_${i}`, {
      do: ({ services }) => takeExternalIp(services, instanceId, siloId, ip),
      undo: ({ services }) => giveBackExternalIp(services, instanceId, ip),
    });
  }
  for (const [i, plan] of multicastGroups.entries()) {
    saga.node(`multicast_group_${i}`, {
      do: ({ services }) => makeMembership(services, { instanceId, siloId, plan, all: multicastGroups }),
      undo: ({ services }) => takeBackMembership(services, plan),
    });
  }
  // Last, so that nothing can be done with an instance that is only half there.
  saga.node("move_to_stopped", {
    do: ({ services }) => setState(services, instanceId, "creating", "no_vmm"),
    undo: ({ services }) => setState(services, instanceId, "no_vmm", "creating"),
  });
});

async function insertRecord(nexus: NexusContext, { instanceId, columns }: InstanceCreateParams): Promise<void> {
  const now = nowText(nexus);
  try {
    await nexus.store.transaction(async (tx) => {
      const before = await tx.selectFrom("instance").select("id").where("id", "=", instanceId).executeTakeFirst();
      if (before !== undefined) return;
      await requireLive(tx, "project", columns.project_id);
      await tx
        .insertInto("instance")
        .values({
          ...columns,
          id: instanceId,
          time_created: now,
          time_modified: now,
          time_deleted: null,
          boot_disk_id: null,
          state: "creating",
          time_state_updated: now,
          state_gen: 1,
          intended_state: "stopped",
          active_propolis_id: null,
          target_propolis_id: null,
          migration_id: null,
          updater_id: null,
          updater_gen: 1,
        })
        .execute();
    });
  } catch (error) {
    // The only unique key besides the id, which was looked for, is the name.
    if (error instanceof UniqueViolation) throw alreadyExists("instance", columns.name);
    throw error;
  }
}

async function endRecord(nexus: NexusContext, instanceId: string): Promise<void> {
  await writeMulticast(nexus, async (writer) => {
    await writer.tx
      .updateTable("instance")
      .set({ state: "destroyed", time_deleted: writer.now })
      .where("id", "=", instanceId)
      .where("time_deleted", "is", null)
      .execute();
    // The instance could be seen, and made a member of groups, before it was complete.
    await endMembershipsOf(writer, instanceId);
  });
}

async function assignSshKeys(nexus: NexusContext, instanceId: string, keyIds: readonly string[]): Promise<void> {
  if (keyIds.length === 0) return;
  await nexus.store.db
    .insertInto("instance_ssh_key")
    .values(keyIds.map((ssh_key_id) => ({ instance_id: instanceId, ssh_key_id })))
    .onConflict((oc) => oc.doNothing())
    .execute();
}

// Attached at once: nobody else may touch the addresses of an instance that is still being created.
async function takeExternalIp(
  nexus: NexusContext,
  instanceId: string,
  siloId: string,
  ip: ExternalIpPlan,
): Promise<void> {
  const { id } = ip;
  const begun =
    ip.kind === "ephemeral"
      ? await allocateEphemeral(nexus, { id, instanceId, siloId, pool: ip.pool, creating: true })
      : await beginAttachFloating(nexus, { id, instanceId, creating: true });
  if (!begun.proceed) return;
  try {
    await completeAttach(nexus, begun.ip.id);
  } catch (error) {
    await undoAttach(nexus, begun.ip.id);
    throw error;
  }
}

async function giveBackExternalIp(nexus: NexusContext, instanceId: string, ip: ExternalIpPlan): Promise<void> {
  if (ip.kind === "ephemeral") {
    await deallocate(nexus, ip.id);
    return;
  }
  await nexus.store.db
    .updateTable("external_ip")
    .set({ state: "detached", parent_id: null, time_modified: nowText(nexus) })
    .where("id", "=", ip.id)
    .where("parent_id", "=", instanceId)
    .execute();
}

async function setState(
  nexus: NexusContext,
  instanceId: string,
  from: "creating" | "no_vmm",
  to: "creating" | "no_vmm",
): Promise<void> {
  await nexus.store.db
    .updateTable("instance")
    .set((eb) => ({ state: to, time_state_updated: nowText(nexus), state_gen: eb("state_gen", "+", 1) }))
    .where("id", "=", instanceId)
    .where("state", "=", from)
    .execute();
}
