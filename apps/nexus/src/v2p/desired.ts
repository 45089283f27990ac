import type { Kysely } from "kysely";
import { literal } from "../db/literal.ts";
import type { NexusTables } from "../db/schema.ts";
import { TERMINAL_VMM_STATES } from "../instance/run-state.ts";
import type { Mapping } from "./mapping.ts";

/** One for each address of each interface of every instance that has a VMM: where its guest is. */
export async function desiredMappings(db: Kysely<NexusTables>): Promise<Mapping[]> {
  const rows = await db
    .selectFrom("instance")
    .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .innerJoin("sled", "sled.id", "vmm.sled_id")
    .innerJoin("network_interface as nic", "nic.instance_id", "instance.id")
    .innerJoin("vpc", "vpc.id", "nic.vpc_id")
    .select(["vpc.vni", "nic.mac", "nic.ipv4", "nic.ipv6", "sled.underlay_address"])
    .where("vmm.state", "not in", [...TERMINAL_VMM_STATES, "saga_unwound"])
    .where("sled.policy", "=", "in_service")
    .where("sled.state", "=", literal("active"))
    .where("nic.time_deleted", "is", null)
    .execute();
  return rows.flatMap(({ vni, mac: virtualMac, ipv4, ipv6, underlay_address: physicalHostIp }) =>
    [ipv4, ipv6].flatMap((virtualIp) => (virtualIp === null ? [] : { vni, virtualIp, virtualMac, physicalHostIp })),
  );
}
