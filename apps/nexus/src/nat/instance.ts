/**
 * The NAT entries of instances: an instance that runs has one for each of its external addresses, leading to its sled and to
 * its primary interface. Sagas call these; the tasks `nat_sync_*` carry the result to the switches.
 */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import type { NexusTables } from "../db/schema.ts";
import { unavailable } from "../errors.ts";
import type { NatEntry, NatKey } from "./entry.ts";
import { putEntries, removeEntries } from "./rows.ts";

type Tx = Transaction<NexusTables>;

export interface InstanceNat {
  readonly instanceId: string;
  /** Only this address; default: all of the instance's. */
  readonly externalIpId?: string | undefined;
}

export interface EnsureInstanceNat extends InstanceNat {
  /** The sled that runs, or is about to run, the instance. Default: that of its active VMM. */
  readonly sledId?: string | undefined;
}

/**
 * Adds or redirects the entries; idempotent. Does nothing for an instance without a sled or without a primary interface.
 * For a whole instance, an address that is being attached or detached is `unavailable`: its own saga would undo ours.
 */
export async function ensureInstanceNat(nexus: NexusContext, request: EnsureInstanceNat): Promise<void> {
  await write(nexus, async (tx) => {
    const addresses = await addressesOf(tx, request);
    const moving = addresses.find((address) => address.state !== "attached");
    if (request.externalIpId === undefined && moving !== undefined && (await findTarget(tx, request)) !== undefined) {
      throw unavailable(`external IP ${moving.ip} is being attached or detached; try again when that is done`);
    }
    return put(nexus, tx, request, addresses);
  });
}

/** The same within the caller's transaction, for the addresses that are attached. Above 0: the caller then says `nexus.natChanged()`. */
export async function ensureInstanceNatIn(nexus: NexusContext, tx: Tx, request: EnsureInstanceNat): Promise<number> {
  const addresses = await addressesOf(tx, request);
  return put(
    nexus,
    tx,
    request,
    addresses.filter(({ state }) => state === "attached"),
  );
}

async function put(
  nexus: NexusContext,
  tx: Tx,
  request: EnsureInstanceNat,
  addresses: readonly Address[],
): Promise<number> {
  const target = await findTarget(tx, request);
  if (target === undefined) return 0;
  const entries = addresses
    .filter(({ ip_version }) => target.versions.has(ip_version))
    .map((address): NatEntry => ({ ...toKey(address), ...target.value }));
  return putEntries(nexus, tx, entries);
}

/** Removes the entries; those that are not there are fine. */
export async function removeInstanceNat(nexus: NexusContext, request: InstanceNat): Promise<void> {
  await write(nexus, (tx) => removeInstanceNatIn(nexus, tx, request));
}

/** The same within the caller's transaction. Above 0: the caller then says `nexus.natChanged()`, once it is committed. */
export async function removeInstanceNatIn(nexus: NexusContext, tx: Tx, request: InstanceNat): Promise<number> {
  return removeEntries(nexus, tx, (await addressesOf(tx, request)).map(toKey));
}

async function write(nexus: NexusContext, change: (tx: Tx) => Promise<number>): Promise<void> {
  const changed = await nexus.store.transaction(change);
  if (changed > 0) nexus.natChanged();
}

interface Target {
  readonly value: Pick<NatEntry, "sledAddress" | "vni" | "mac">;
  /** What the primary interface has: an address of another version has nothing to be translated to. */
  readonly versions: ReadonlySet<"v4" | "v6">;
}

async function findTarget(tx: Tx, { instanceId, sledId }: EnsureInstanceNat): Promise<Target | undefined> {
  const sled = await (
    sledId === undefined
      ? tx
          .selectFrom("instance")
          .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
          .innerJoin("sled", "sled.id", "vmm.sled_id")
          .where("instance.id", "=", instanceId)
      : tx.selectFrom("sled").where("sled.id", "=", sledId)
  )
    .select("sled.underlay_address as sledAddress")
    .executeTakeFirst();
  const nic = await tx
    .selectFrom("network_interface")
    .innerJoin("vpc", "vpc.id", "network_interface.vpc_id")
    .select(["network_interface.mac", "network_interface.ipv4", "network_interface.ipv6", "vpc.vni"])
    .where("network_interface.instance_id", "=", instanceId)
    .where("network_interface.is_primary", "=", literal(1))
    .where("network_interface.time_deleted", "is", null)
    .executeTakeFirst();
  if (sled === undefined || nic === undefined) return undefined;
  const { mac, vni, ipv4, ipv6 } = nic;
  const versions = new Set([ipv4 === null ? [] : ["v4" as const], ipv6 === null ? [] : ["v6" as const]].flat());
  return { value: { ...sled, mac, vni }, versions };
}

interface Address {
  readonly ip: string;
  readonly ip_version: "v4" | "v6";
  readonly first_port: number;
  readonly last_port: number;
  readonly state: string;
}

function addressesOf(tx: Tx, { instanceId, externalIpId }: InstanceNat): Promise<Address[]> {
  const all = tx
    .selectFrom("external_ip")
    .select(["ip", "ip_version", "first_port", "last_port", "state"])
    .where("parent_id", "=", instanceId)
    .where("time_deleted", "is", null)
    .orderBy("ip_sort")
    .orderBy("first_port");
  return (externalIpId === undefined ? all : all.where("id", "=", externalIpId)).execute();
}

const toKey = ({ ip, first_port, last_port }: Address): NatKey => ({
  externalAddress: ip,
  firstPort: first_port,
  lastPort: last_port,
});
