/** External IPs of instances: their list, and attaching and detaching them. */
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import type { ExternalIp } from "../external-ip/allocate.ts";
import type { PoolChoice } from "../external-ip/pool-choice.ts";
import { invalidRequest, NexusError } from "../errors.ts";
import { externalIpAttach } from "../sagas/external-ip-attach.ts";
import { externalIpDetach } from "../sagas/external-ip-detach.ts";
import type { InstanceRecord } from "./record.ts";

/** Those that are attached, source NAT included. */
export function attachedIps(nexus: NexusContext, instanceId: string): Promise<ExternalIp[]> {
  return nexus.store.db
    .selectFrom("external_ip")
    .selectAll()
    .where("parent_id", "=", instanceId)
    .where("state", "=", "attached")
    .where("time_deleted", "is", null)
    .orderBy("time_created")
    .orderBy("ip_sort")
    .orderBy("first_port")
    .execute();
}

export async function attachEphemeral(
  nexus: NexusContext,
  instance: InstanceRecord,
  pool: PoolChoice,
): Promise<ExternalIp> {
  const ip = { kind: "ephemeral", id: nexus.world.ids.uuid(), pool } as const;
  const saga = await nexus.sagas.start(externalIpAttach, { instanceId: instance.id, siloId: instance.silo_id, ip });
  const { ipId } = await saga.result;
  return getIp(nexus, ipId);
}

/** `version` says which, where there are two. */
export async function detachEphemeral(
  nexus: NexusContext,
  instance: InstanceRecord,
  version: "v4" | "v6" | undefined,
): Promise<void> {
  const all = await nexus.store.db
    .selectFrom("external_ip")
    .select(["id", "ip_version"])
    .where("parent_id", "=", instance.id)
    .where("kind", "=", literal("ephemeral"))
    .where("time_deleted", "is", null)
    .execute();
  const [ip, other] = version === undefined ? all : all.filter((each) => each.ip_version === version);
  if (ip === undefined) {
    throw invalidRequest(
      version === undefined
        ? "instance does not have an ephemeral IP attached"
        : `instance does not have an ephemeral IP${version} address attached`,
    );
  }
  if (other !== undefined) {
    throw invalidRequest("instance has two ephemeral IPs; specify ip_version to select which to detach");
  }
  await runDetach(nexus, instance.id, ip.id);
}

export async function attachFloating(
  nexus: NexusContext,
  floating: ExternalIp,
  instance: InstanceRecord,
): Promise<ExternalIp> {
  if (floating.project_id !== instance.project_id) {
    throw invalidRequest("floating IP must be in the same project as the instance");
  }
  const ip = { kind: "floating", id: floating.id } as const;
  const saga = await nexus.sagas.start(externalIpAttach, { instanceId: instance.id, siloId: instance.silo_id, ip });
  await saga.result;
  return getIp(nexus, floating.id);
}

export async function detachFloating(nexus: NexusContext, floating: ExternalIp): Promise<ExternalIp> {
  if (floating.parent_id !== null) await runDetach(nexus, floating.parent_id, floating.id);
  return getIp(nexus, floating.id);
}

async function runDetach(nexus: NexusContext, instanceId: string, ipId: string): Promise<void> {
  const saga = await nexus.sagas.start(externalIpDetach, { instanceId, ipId });
  await saga.result;
}

async function getIp(nexus: NexusContext, id: string): Promise<ExternalIp> {
  const row = await nexus.store.db.selectFrom("external_ip").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new NexusError("internal", `external IP ${id} is gone`);
  return row;
}
