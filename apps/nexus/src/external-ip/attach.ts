/**
 * The states of an external IP on its way to and from an instance. A saga begins a change, does its work, and completes it;
 * while it is under way nobody else may touch the address. Every step compares the state before it sets it, and may be
 * run again.
 */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { literal } from "../db/literal.ts";
import { nowText } from "../db/now.ts";
import type { ExternalIpState, NexusTables } from "../db/schema.ts";
import { invalidRequest, NexusError, notFoundById, unavailable } from "../errors.ts";
import type { ExternalIp } from "./allocate.ts";
import { checkAttachable } from "./attachable.ts";

export interface Begun {
  readonly ip: ExternalIp;
  /** False: the address is already where the caller wants it, so there is nothing left to do. */
  readonly proceed: boolean;
}

export interface AttachFloating {
  readonly id: string;
  readonly instanceId: string;
  /** Asked by the instance's own create saga. */
  readonly creating?: boolean;
}

/** detached → attaching. An attach to the same instance that is under way is joined: its saga is being run again. */
export async function beginAttachFloating(nexus: NexusContext, request: AttachFloating): Promise<Begun> {
  const { id, instanceId, creating = false } = request;
  return nexus.store.transaction(async (tx) => {
    const ip = await liveIp(tx, id);
    if (ip === undefined || ip.kind !== "floating") throw notFoundById("floating-ip", id);
    if (ip.parent_id === instanceId && ip.state === "attaching") return { ip, proceed: true };
    if (ip.parent_id === instanceId && ip.state === "attached") return { ip, proceed: false };
    if (ip.state === "attached") {
      throw invalidRequest("floating IP cannot be attached to one instance while still attached to another");
    }
    if (ip.state !== "detached") throw midway("attach", ip.kind);
    await checkAttachable(tx, { instanceId, ipVersion: ip.ip_version, kind: "floating", creating });
    const change = { state: "attaching", parent_id: instanceId, time_modified: nowText(nexus) } as const;
    await tx.updateTable("external_ip").set(change).where("id", "=", id).execute();
    return { ip: { ...ip, ...change }, proceed: true };
  });
}

/** attaching → attached. Throws `internal` when the instance was deleted meanwhile, so that the saga unwinds. */
export async function completeAttach(nexus: NexusContext, id: string): Promise<void> {
  if (await move(nexus, id, "attaching", "attached")) return;
  const ip = await liveIp(nexus.store.db, id);
  if (ip === undefined || ip.state === "detached") {
    throw new NexusError("internal", `external IP ${id} was taken away while it was being attached`);
  }
}

/** attaching → detached; an ephemeral address is given back. */
export async function undoAttach(nexus: NexusContext, id: string): Promise<void> {
  await letGo(nexus, id, "attaching");
}

export interface Detach {
  readonly id: string;
  readonly instanceId: string;
}

/** attached → detaching. Null: the ephemeral address is gone already. */
export async function beginDetach(nexus: NexusContext, { id, instanceId }: Detach): Promise<Begun | null> {
  return nexus.store.transaction(async (tx) => {
    const ip = await tx.selectFrom("external_ip").selectAll().where("id", "=", id).executeTakeFirst();
    if (ip === undefined || ip.time_deleted !== null) {
      if (ip?.kind === "ephemeral") return null;
      throw notFoundById("floating-ip", id);
    }
    if (ip.state === "detached") return { ip, proceed: false };
    if (ip.state === "detaching" && ip.parent_id === instanceId) return { ip, proceed: true };
    if (ip.state !== "attached") throw midway("detach", ip.kind);
    if (ip.parent_id !== instanceId) throw invalidRequest(`${ip.kind} IP is not attached to the target instance`);
    await checkDetachable(tx, instanceId, ip.kind);
    const change = { state: "detaching", time_modified: nowText(nexus) } as const;
    await tx.updateTable("external_ip").set(change).where("id", "=", id).execute();
    return { ip: { ...ip, ...change }, proceed: true };
  });
}

/** detaching → detached; an ephemeral address is given back. */
export async function completeDetach(nexus: NexusContext, id: string): Promise<void> {
  await letGo(nexus, id, "detaching");
}

/** detaching → attached. */
export async function undoDetach(nexus: NexusContext, id: string): Promise<void> {
  await move(nexus, id, "detaching", "attached");
}

async function liveIp(
  db: Pick<NexusContext["store"]["db"], "selectFrom">,
  id: string,
): Promise<ExternalIp | undefined> {
  return db
    .selectFrom("external_ip")
    .selectAll()
    .where("id", "=", id)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
}

async function move(nexus: NexusContext, id: string, from: ExternalIpState, to: ExternalIpState): Promise<boolean> {
  const { numUpdatedRows } = await nexus.store.db
    .updateTable("external_ip")
    .set({ state: to, time_modified: nowText(nexus) })
    .where("id", "=", id)
    .where("state", "=", from)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function letGo(nexus: NexusContext, id: string, from: ExternalIpState): Promise<void> {
  const now = nowText(nexus);
  await nexus.store.transaction(async (tx) => {
    const inState = () =>
      tx.updateTable("external_ip").where("id", "=", id).where("state", "=", from).where("time_deleted", "is", null);
    await inState()
      .where("kind", "=", literal("floating"))
      .set({ state: "detached", parent_id: null, time_modified: now })
      .execute();
    // An ephemeral address has no life without its instance: the row keeps its parent and ends.
    await inState().where("kind", "=", literal("ephemeral")).set({ time_modified: now, time_deleted: now }).execute();
  });
}

async function checkDetachable(tx: Transaction<NexusTables>, instanceId: string, kind: string): Promise<void> {
  const instance = await tx
    .selectFrom("instance")
    .select(["state", "migration_id"])
    .where("id", "=", instanceId)
    .where("time_deleted", "is", null)
    .executeTakeFirst();
  if (instance === undefined) throw notFoundById("instance", instanceId);
  if (instance.migration_id !== null) {
    throw unavailable(
      `tried to detach ${kind} IP while instance was migrating: detach will be safe to retry once migrate completes`,
    );
  }
  if (instance.state !== "vmm" && instance.state !== "no_vmm") {
    throw invalidRequest(`cannot detach ${kind} IP from instance in ${instance.state} state`);
  }
}

export function midway(verb: "attach" | "detach", kind: string): NexusError {
  return unavailable(
    `tried to ${verb} ${kind} IP mid-attach/detach: ${verb} will be safe to retry once operation on same IP resource completes`,
  );
}
