/** Makes network interfaces. */
import type { Selectable, Transaction } from "kysely";
import { UniqueViolation } from "@racklet/store";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { requireLive } from "../db/require-live.ts";
import type { NetworkInterfaceTable, NexusTables } from "../db/schema.ts";
import { alreadyExists, invalidRequest } from "../errors.ts";
import { takeMac, takePrivateAddress } from "./address.ts";
import { checkTogether, MAX_NICS, MAX_NICS_MESSAGE, type NicPlan } from "./plan.ts";

export type NicRow = Selectable<NetworkInterfaceTable>;
type Tx = Transaction<NexusTables>;

/** Lost races for an address or MAC are run again this often. */
const TRIES = 5;

/**
 * Makes the interface, in the next free slot; the instance's first one is primary. Idempotent by the plan's id. `check` may
 * refuse, within the transaction.
 */
export async function createNic(
  nexus: NexusContext,
  instanceId: string,
  plan: NicPlan,
  check: (tx: Tx) => Promise<void> = async () => {},
): Promise<NicRow> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await nexus.store.transaction(async (tx) => {
        await check(tx);
        return insertNic(nexus, tx, instanceId, plan);
      });
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
      if (error.columns.includes("name") || error.constraint === "network_interface_name") {
        throw alreadyExists("instance-network-interface", plan.name);
      }
      if (attempt >= TRIES) throw error;
    }
  }
}

async function insertNic(nexus: NexusContext, tx: Tx, instanceId: string, plan: NicPlan): Promise<NicRow> {
  const before = await tx.selectFrom("network_interface").selectAll().where("id", "=", plan.id).executeTakeFirst();
  if (before !== undefined) return before;
  await requireLive(tx, "vpc_subnet", plan.subnetId);
  const siblings = await nicsOf(tx, instanceId);
  if (siblings.length >= MAX_NICS) throw invalidRequest(MAX_NICS_MESSAGE);
  checkTogether([...siblings, { vpc_id: plan.vpcId, subnet_id: plan.subnetId }]);
  const { subnetId: id, subnetName: name, ipv4Block, ipv6Block } = plan;
  const now = nowText(nexus);
  const row: NicRow = {
    id: plan.id,
    name: plan.name,
    description: plan.description,
    time_created: now,
    time_modified: now,
    time_deleted: null,
    instance_id: instanceId,
    vpc_id: plan.vpcId,
    subnet_id: plan.subnetId,
    mac: await takeMac(tx, nexus.world.random, plan.vpcId),
    ipv4: plan.v4 && (await takePrivateAddress(tx, { id, name, block: ipv4Block }, plan.v4.ip)),
    ipv6: plan.v6 && (await takePrivateAddress(tx, { id, name, block: ipv6Block }, plan.v6.ip)),
    transit_ips_v4: JSON.stringify(plan.v4?.transitIps ?? []),
    transit_ips_v6: JSON.stringify(plan.v6?.transitIps ?? []),
    slot: freeSlot(siblings),
    is_primary: siblings.length === 0 ? 1 : 0,
  };
  await tx.insertInto("network_interface").values(row).execute();
  return row;
}

/** The live interfaces of an instance, by slot. */
export function nicsOf(db: Pick<Tx, "selectFrom">, instanceId: string): Promise<NicRow[]> {
  return db
    .selectFrom("network_interface")
    .selectAll()
    .where("instance_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .orderBy("slot")
    .execute();
}

function freeSlot(siblings: readonly NicRow[]): number {
  const taken = new Set(siblings.map(({ slot }) => slot));
  for (let slot = 0; ; slot++) if (!taken.has(slot)) return slot;
}

/** Ends the interface's row; fine when it is ended already. */
export async function removeNic(nexus: NexusContext, db: Pick<Tx, "updateTable">, id: string): Promise<void> {
  await db
    .updateTable("network_interface")
    .set({ time_deleted: nowText(nexus) })
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .execute();
}
