/** What a saga may touch on a test rack: all of it as data, and back to nothing. */
import type { Rack } from "./rack.ts";

const LIVE = [
  "instance",
  "network_interface",
  "external_ip",
  "vmm",
  "multicast_group",
  "multicast_group_member",
] as const;

/** Live rows without times and generations, and what the sled-agents have: equal before a saga and after it was taken back. */
export async function rackSnapshot(rack: Rack): Promise<unknown> {
  const { db } = rack.nexus.store;
  const rows: Record<string, unknown> = {};
  for (const table of LIVE) {
    const found = await db.selectFrom(table).selectAll().where("time_deleted", "is", null).orderBy("id").execute();
    // A VMM whose start was taken back waits for the reaper.
    rows[table] = found.filter((row) => row.state !== "saga_unwound").map(withoutTimes);
  }
  rows["ssh_keys"] = await db.selectFrom("instance_ssh_key").selectAll().orderBy("ssh_key_id").execute();
  rows["reservations"] = await db.selectFrom("sled_resource_vmm").selectAll().orderBy("vmm_id").execute();
  rows["migrations"] = await db.selectFrom("migration").select("id").where("time_deleted", "is", null).execute();
  rows["nat"] = await rack.nat();
  rows["sleds"] = rack.sleds.map(({ vmms }) =>
    [...vmms].map(([id, vmm]) => [id, vmm.instanceId, vmm.state, [...vmm.externalIps].sort()]),
  );
  return rows;
}

/** A generation only ever grows. */
function withoutTimes(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).filter(([column]) => !column.startsWith("time_") && !column.endsWith("_gen")),
  );
}

/** No instance, external IP, multicast group, VMM or NAT entry is left. */
export async function emptyRack(rack: Rack): Promise<void> {
  const { db } = rack.nexus.store;
  await rack.settled();
  for (const table of ["nat_entry", "sled_resource_vmm", "external_ip", "network_interface"] as const) {
    await db.deleteFrom(table).execute();
  }
  await db.deleteFrom("instance_ssh_key").execute();
  await db.deleteFrom("migration").execute();
  await db.deleteFrom("vmm").execute();
  await db.deleteFrom("multicast_group_member").execute();
  await db.deleteFrom("multicast_group").execute();
  await db.deleteFrom("instance").execute();
  for (const sled of rack.sleds) sled.vmms.clear();
}
