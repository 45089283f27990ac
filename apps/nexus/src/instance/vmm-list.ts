import type { NexusContext } from "../context.ts";

/** At most this many: the view is for people. */
const LIMIT = 10_000;

/** The VMMs that instances have now, and those whose last words are still to be dealt with: for operators. */
export function listVmms(nexus: NexusContext) {
  return nexus.store.db
    .selectFrom("vmm")
    .innerJoin("instance", "instance.id", "vmm.instance_id")
    .innerJoin("sled", "sled.id", "vmm.sled_id")
    .select([
      "vmm.id",
      "vmm.instance_id",
      "instance.name as instance_name",
      "instance.state as instance_state",
      "instance.intended_state",
      "vmm.sled_id",
      "sled.slot as sled_slot",
      "sled.underlay_address as sled_address",
      "vmm.propolis_address",
      "vmm.state",
      "vmm.state_gen",
      "vmm.time_state_updated",
      "vmm.failure_reason",
    ])
    .where("vmm.time_deleted", "is", null)
    .orderBy("vmm.id")
    .limit(LIMIT)
    .execute();
}
