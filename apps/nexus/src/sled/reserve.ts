/** Takes room on a sled for a VMM: within the transaction in which the VMM comes to exist, so that no sled is overbooked. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import type { NexusTables } from "../db/schema.ts";
import { insufficientCapacity } from "../errors.ts";
import { placeVmm, type SledRoom, type VmmNeed } from "./placement.ts";

type Tx = Transaction<NexusTables>;

export interface Reservation extends VmmNeed {
  readonly vmmId: string;
  readonly siloId: string;
}

/** The sled chosen. Throws insufficient-capacity when no sled has the room, or the silo's quota is used up. */
export async function reserveSled(nexus: NexusContext, tx: Tx, request: Reservation): Promise<string> {
  await checkQuota(tx, request);
  const placement = placeVmm(await roomOfSleds(tx), request, nexus.world.random);
  if ("reason" in placement) {
    throw insufficientCapacity(`No sleds can fit the requested instance: ${placement.reason}`);
  }
  await insertReservation(tx, request.vmmId, placement.sledId, request);
  return placement.sledId;
}

export interface Destination {
  readonly vmmId: string;
  readonly need: VmmNeed;
  readonly sledId: string;
}

/**
 * Takes room on this sled for a VMM that an instance migrates to. Not a matter of quotas: the instance does not grow. Throws
 * insufficient-capacity when the sled has not the room, or does not take the VMM.
 */
export async function reserveDestination(nexus: NexusContext, tx: Tx, request: Destination): Promise<void> {
  const { vmmId, need, sledId } = request;
  const before = await tx
    .selectFrom("sled_resource_vmm")
    .select("vmm_id")
    .where("vmm_id", "=", vmmId)
    .executeTakeFirst();
  if (before !== undefined) return;
  const rooms = (await roomOfSleds(tx)).filter(({ id }) => id === sledId);
  const placement = placeVmm(rooms, need, nexus.world.random);
  if ("reason" in placement) {
    throw insufficientCapacity(`Sled ${sledId} cannot take the instance: ${placement.reason}`);
  }
  await insertReservation(tx, vmmId, sledId, need);
}

async function insertReservation(tx: Tx, vmmId: string, sledId: string, need: VmmNeed): Promise<void> {
  await tx
    .insertInto("sled_resource_vmm")
    .values({ vmm_id: vmmId, sled_id: sledId, hardware_threads: need.threads, memory_bytes: need.memory })
    .execute();
}

/** Gives the room back; fine when it is given back already. */
export async function releaseSled(tx: Tx, vmmId: string): Promise<void> {
  await tx.deleteFrom("sled_resource_vmm").where("vmm_id", "=", vmmId).execute();
}

async function roomOfSleds(tx: Tx): Promise<SledRoom[]> {
  const sleds = await tx
    .selectFrom("sled")
    .leftJoin("sled_resource_vmm as used", "used.sled_id", "sled.id")
    .select((eb) => [
      "sled.id",
      "sled.cpu_family as cpuFamily",
      "sled.usable_hardware_threads as threads",
      "sled.reservoir_size as memory",
      eb.fn.coalesce(eb.fn.sum<number>("used.hardware_threads"), eb.lit(0)).as("usedThreads"),
      eb.fn.coalesce(eb.fn.sum<number>("used.memory_bytes"), eb.lit(0)).as("usedMemory"),
    ])
    .where("sled.policy", "=", "in_service")
    .where("sled.provision_policy", "=", "provisionable")
    .where("sled.state", "=", literal("active"))
    .groupBy(["sled.id", "sled.cpu_family", "sled.usable_hardware_threads", "sled.reservoir_size"])
    .execute();
  return sleds.map((sled) => ({ ...sled, usedThreads: Number(sled.usedThreads), usedMemory: Number(sled.usedMemory) }));
}

async function checkQuota(tx: Tx, { siloId, threads, memory }: Reservation): Promise<void> {
  const quota = await tx
    .selectFrom("silo_quotas")
    .select(["cpus", "memory_bytes"])
    .where("silo_id", "=", siloId)
    .executeTakeFirst();
  if (quota === undefined) return;
  const used = await tx
    .selectFrom("sled_resource_vmm as used")
    .innerJoin("vmm", "vmm.id", "used.vmm_id")
    .innerJoin("instance", "instance.id", "vmm.instance_id")
    .innerJoin("project", "project.id", "instance.project_id")
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>("used.hardware_threads"), eb.lit(0)).as("threads"),
      eb.fn.coalesce(eb.fn.sum<number>("used.memory_bytes"), eb.lit(0)).as("memory"),
    ])
    .where("project.silo_id", "=", siloId)
    // An instance that migrates counts once.
    .where((eb) =>
      eb.or([eb("instance.active_propolis_id", "is", null), eb("vmm.id", "=", eb.ref("instance.active_propolis_id"))]),
    )
    .executeTakeFirstOrThrow();
  const ways =
    "Either stop unused instances to free up resources or contact the rack operator to request a capacity increase.";
  if (Number(used.threads) + threads > quota.cpus) {
    throw insufficientCapacity(
      `vCPU Limit Exceeded: ${threads} more than the ${used.threads} in use are above the silo's quota of ${quota.cpus}. ${ways}`,
    );
  }
  if (Number(used.memory) + memory > quota.memory_bytes) {
    throw insufficientCapacity(
      `Memory Limit Exceeded: ${memory} bytes more than the ${used.memory} in use are above the silo's quota of ${quota.memory_bytes}. ${ways}`,
    );
  }
}
