/** Adding, changing and removing the interfaces of an instance: only while it is off, since a VMM's hardware is fixed. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { changedIdentity, type IdentityChange } from "../db/identity.ts";
import type { NexusTables } from "../db/schema.ts";
import { invalidRequest, notFoundById } from "../errors.ts";
import type { InstanceRecord } from "../instance/record.ts";
import { createNic, nicsOf, removeNic, type NicRow } from "./create.ts";
import { planNics, type NicRequest } from "./plan.ts";
import { checkTransitIps } from "./transit-ips.ts";

type Tx = Transaction<NexusTables>;

export async function addNic(nexus: NexusContext, instance: InstanceRecord, request: NicRequest): Promise<NicRow> {
  const [plan] = await planNics(nexus, instance.project_id, [request]);
  if (plan === undefined) throw invalidRequest("no interface was asked for");
  return createNic(nexus, instance.id, plan, (tx) =>
    checkOff(tx, instance.id, "Instance must be stopped to attach a new network interface"),
  );
}

export interface NicChange extends IdentityChange {
  /** True makes it the primary one; false changes nothing. */
  readonly primary: boolean;
  readonly transitIps: readonly string[];
}

export async function updateNic(nexus: NexusContext, nic: NicRow, change: NicChange): Promise<NicRow> {
  checkTransitIps(change.transitIps);
  const v4 = change.transitIps.filter((prefix) => !prefix.includes(":"));
  const v6 = change.transitIps.filter((prefix) => prefix.includes(":"));
  if (v4.length > 0 && nic.ipv4 === null) throw invalidRequest("the interface has no IPv4 stack for IPv4 transit IPs");
  if (v6.length > 0 && nic.ipv6 === null) throw invalidRequest("the interface has no IPv6 stack for IPv6 transit IPs");
  const work = nexus.store.transaction(async (tx) => {
    await checkOff(tx, nic.instance_id, "Instance must be stopped to update its network interfaces");
    if (change.primary) {
      await checkReachable(tx, nic);
      await tx
        .updateTable("network_interface")
        .set({ is_primary: 0 })
        .where("instance_id", "=", nic.instance_id)
        .where("time_deleted", "is", null)
        .execute();
    }
    const columns = {
      ...changedIdentity(nexus, change),
      transit_ips_v4: JSON.stringify(v4),
      transit_ips_v6: JSON.stringify(v6),
      ...(change.primary ? { is_primary: 1 as const } : {}),
    };
    const { numUpdatedRows } = await tx
      .updateTable("network_interface")
      .set(columns)
      .where("id", "=", nic.id)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw notFoundById("instance-network-interface", nic.id);
    return { ...nic, ...columns };
  });
  return refusingSameName("instance-network-interface", change.name ?? nic.name, work);
}

export async function deleteNic(nexus: NexusContext, nic: NicRow): Promise<void> {
  await nexus.store.transaction(async (tx) => {
    await checkOff(tx, nic.instance_id, "Instance must be stopped or failed to detach a network interface");
    const all = await nicsOf(tx, nic.instance_id);
    if (all.find(({ id }) => id === nic.id)?.is_primary === 1) {
      if (all.length > 1) {
        throw invalidRequest("The primary interface may not be deleted while secondary interfaces are still attached");
      }
      await checkNoExternalIps(tx, nic.instance_id);
    }
    await removeNic(nexus, tx, nic.id);
  });
}

async function checkOff(tx: Tx, instanceId: string, message: string): Promise<void> {
  const instance = await tx
    .selectFrom("instance")
    .select("state")
    .where("id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (instance === undefined) throw notFoundById("instance", instanceId);
  if (instance.state !== "no_vmm" && instance.state !== "failed") throw invalidRequest(message);
}

/** External addresses are translated to a private one of their version on the primary interface. */
async function checkReachable(tx: Tx, nic: NicRow): Promise<void> {
  const ips = await tx
    .selectFrom("external_ip")
    .select("ip_version")
    .where("parent_id", "=", nic.instance_id)
    .where("kind", "<>", "snat")
    .where("time_deleted", "is", null)
    .execute();
  const stranded = ips.find((each) => (each.ip_version === "v4" ? nic.ipv4 : nic.ipv6) === null);
  if (stranded !== undefined) {
    const version = `IP${stranded.ip_version}`;
    throw invalidRequest(
      `Interface cannot be made the primary for this instance, since it does not have a private ${version} address to handle traffic for the instance's external ${version} addresses`,
    );
  }
}

/** External addresses lead to the primary interface: without one they would lead nowhere. */
async function checkNoExternalIps(tx: Tx, instanceId: string): Promise<void> {
  const ip = await tx
    .selectFrom("external_ip")
    .select("ip")
    .where("parent_id", "=", instanceId)
    .where("kind", "<>", "snat")
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (ip !== undefined) {
    throw invalidRequest(`The primary interface may not be deleted while external IP ${ip.ip} is attached`);
  }
}
