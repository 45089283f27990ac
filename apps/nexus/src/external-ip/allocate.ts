/**
 * Takes addresses out of pools and gives them back. The lowest free address first, ranges in the order in which they were
 * added. An address belongs either to one ephemeral or floating IP or to up to four source NAT blocks. Each function is one
 * transaction, and idempotent by the caller's `id`: a saga that is run again gets the row it got before.
 */
import type { Transaction } from "kysely";
import { ALL_PORTS, type PortRange } from "@racklet/net";
import type { NexusContext } from "../context.ts";
import { refusingSameName } from "../db/already-exists.ts";
import { fromSortKey, ipSort } from "../db/ip-sort.ts";
import { literal } from "../db/literal.ts";
import { nowText } from "../db/now.ts";
import { requireLive } from "../db/require-live.ts";
import type { ExternalIpState, ExternalIpTable, NexusTables } from "../db/schema.ts";
import { insufficientCapacity, invalidRequest, NexusError } from "../errors.ts";
import { midway, type Begun } from "./attach.ts";
import { checkAttachable } from "./attachable.ts";
import { findFreeAddress, findFreeSnatBlock } from "./free-address.ts";
import { allocation } from "./one-at-a-time.ts";
import { choosePool, findRangeOf, type PoolChoice } from "./pool-choice.ts";

export type ExternalIp = ExternalIpTable;
type Tx = Transaction<NexusTables>;

interface Place {
  readonly poolId: string;
  readonly rangeId: string;
  readonly key: string;
  readonly ports: PortRange;
}

interface Owner {
  readonly id: string;
  readonly kind: ExternalIpTable["kind"];
  readonly state: ExternalIpState;
  readonly parentId?: string;
  readonly floating?: { readonly name: string; readonly description: string; readonly projectId: string };
}

export interface SnatRequest {
  readonly id: string;
  readonly instanceId: string;
  readonly siloId: string;
  readonly ipVersion: "v4" | "v6";
}

/** A source NAT block in the silo's default pool of that version: state `attached` from the start. */
export async function allocateSnat(nexus: NexusContext, request: SnatRequest): Promise<ExternalIp> {
  const { id, instanceId, siloId, ipVersion } = request;
  return allocate(nexus, { id, kind: "snat", state: "attached", parentId: instanceId }, async (tx) => {
    const pool = await choosePool(tx, siloId, { kind: "auto", ipVersion });
    for (const range of await rangesOf(tx, pool.id)) {
      const found = await findFreeSnatBlock(tx, range);
      if (found !== null) return { poolId: pool.id, rangeId: range.id, key: found.key, ports: found.block };
    }
    throw exhausted();
  });
}

export interface EphemeralRequest {
  readonly id: string;
  readonly instanceId: string;
  readonly siloId: string;
  readonly pool: PoolChoice;
  /** Asked by the instance's own create saga. */
  readonly creating?: boolean;
}

/**
 * An ephemeral address in state `attaching`; `completeAttach` makes it `attached`, `undoAttach` gives it back. An instance
 * has at most one per version: one that is already attached is the answer, with `proceed` false.
 */
export async function allocateEphemeral(nexus: NexusContext, request: EphemeralRequest): Promise<Begun> {
  const { id, instanceId, siloId, pool: choice, creating = false } = request;
  return allocation(nexus, async (tx) => {
    const before = await findAllocated(tx, id);
    if (before !== undefined) return { ip: before, proceed: true };
    const pool = await choosePool(tx, siloId, choice);
    const other = await tx
      .selectFrom("external_ip")
      .selectAll()
      .where("time_deleted", "is", null)
      .where("kind", "=", literal("ephemeral"))
      .where("parent_id", "=", instanceId)
      .where("ip_version", "=", pool.ip_version)
      .executeTakeFirst();
    if (other?.state === "attached") return { ip: other, proceed: false };
    if (other !== undefined) throw midway("attach", "ephemeral");
    const owner = { id, kind: "ephemeral", state: "attaching", parentId: instanceId } as const;
    const place = await wholeAddress(tx, pool.id);
    await checkAttachable(tx, { instanceId, ipVersion: pool.ip_version, kind: "ephemeral", creating });
    return { ip: await take(tx, rowOf(owner, place, nowText(nexus))), proceed: true };
  });
}

export type FloatingAddress = PoolChoice | { readonly kind: "address"; readonly ip: string };

export interface FloatingRequest {
  readonly id: string;
  readonly projectId: string;
  readonly siloId: string;
  readonly name: string;
  readonly description: string;
  readonly address: FloatingAddress;
}

/** A floating IP, detached. */
export async function allocateFloating(nexus: NexusContext, request: FloatingRequest): Promise<ExternalIp> {
  const { id, siloId, address, ...floating } = request;
  const work = allocate(nexus, { id, kind: "floating", state: "detached", floating }, async (tx) => {
    await requireLive(tx, "project", floating.projectId);
    if (address.kind === "address") return explicitAddress(tx, siloId, address.ip);
    const pool = await choosePool(tx, siloId, address);
    return wholeAddress(tx, pool.id);
  });
  return refusingSameName("floating-ip", request.name, work);
}

async function allocate(nexus: NexusContext, owner: Owner, find: (tx: Tx) => Promise<Place>): Promise<ExternalIp> {
  return allocation(nexus, async (tx) => {
    const before = await findAllocated(tx, owner.id);
    return before ?? take(tx, rowOf(owner, await find(tx), nowText(nexus)));
  });
}

async function findAllocated(tx: Tx, id: string): Promise<ExternalIp | undefined> {
  const row = await tx.selectFrom("external_ip").selectAll().where("id", "=", id).executeTakeFirst();
  if (row !== undefined && row.time_deleted !== null) {
    throw new NexusError("internal", `external IP ${id} was already given back`);
  }
  return row;
}

async function take(tx: Tx, row: ExternalIp): Promise<ExternalIp> {
  await tx.insertInto("external_ip").values(row).execute();
  await tx
    .updateTable("ip_pool_range")
    .set((eb) => ({ rcgen: eb("rcgen", "+", 1) }))
    .where("id", "=", row.ip_pool_range_id)
    .execute();
  return row;
}

function rowOf({ id, kind, state, parentId, floating }: Owner, place: Place, now: string): ExternalIp {
  const { ip, version } = fromSortKey(place.key);
  return {
    id,
    name: floating?.name ?? null,
    description: floating?.description ?? null,
    time_created: now,
    time_modified: now,
    time_deleted: null,
    ip_pool_id: place.poolId,
    ip_pool_range_id: place.rangeId,
    kind,
    ip,
    ip_sort: place.key,
    ip_version: version === 4 ? "v4" : "v6",
    first_port: place.ports.low,
    last_port: place.ports.high,
    parent_id: parentId ?? null,
    project_id: floating?.projectId ?? null,
    state,
  };
}

async function wholeAddress(tx: Tx, poolId: string): Promise<Place> {
  for (const range of await rangesOf(tx, poolId)) {
    const key = await findFreeAddress(tx, range);
    if (key !== null) return { poolId, rangeId: range.id, key, ports: ALL_PORTS };
  }
  throw exhausted();
}

async function explicitAddress(tx: Tx, siloId: string, ip: string): Promise<Place> {
  const key = ipSort(ip);
  const range = await findRangeOf(tx, siloId, key);
  if (range === undefined) throw invalidRequest(`IP address ${ip} is not in any configured pool`);
  const user = await tx
    .selectFrom("external_ip")
    .select("id")
    .where("time_deleted", "is", null)
    .where("ip_sort", "=", key)
    .executeTakeFirst();
  if (user !== undefined) throw invalidRequest("Requested external IP address not available");
  return { ...range, key, ports: ALL_PORTS };
}

async function rangesOf(tx: Tx, poolId: string) {
  return tx
    .selectFrom("ip_pool_range")
    .select(["id", "first_sort", "last_sort"])
    .where("ip_pool_id", "=", poolId)
    .where("time_deleted", "is", null)
    .orderBy("time_created")
    .orderBy("id")
    .execute();
}

const exhausted = (): NexusError => insufficientCapacity("No external IP addresses available");
