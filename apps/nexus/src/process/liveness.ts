/**
 * Which Nexus processes share the database and live. Each says so every few seconds; sagas of one that stopped saying so are
 * taken over. A process that only seems dead loses its sagas, not their results: writes to a saga name its generation,
 * and every action may be repeated.
 */
import type { NexusContext } from "../context.ts";
import type { NexusProcessTable } from "../db/schema.ts";

/** A process is dead when it has not been heard of for this long. */
const DEAD_AFTER_MS = 15_000;
export const HEARTBEAT_MS = 3_000;

/**
 * Announces this process. On SQLite it is the only one there can be, so all others are known to be dead at once, whatever
 * they said last; on PostgreSQL only those that had its name are, and the rest is given time.
 */
export async function announce(nexus: NexusContext): Promise<void> {
  const row = rowOf(nexus);
  await nexus.store.transaction(async (tx) => {
    if (nexus.store.dialect === "sqlite") await tx.deleteFrom("nexus_process").execute();
    else if (row.name !== null) await tx.deleteFrom("nexus_process").where("name", "=", row.name).execute();
    await tx.insertInto("nexus_process").values(row).execute();
  });
}

/** Says that this process lives; brings its row back should others have given it up. */
export async function heartbeat(nexus: NexusContext): Promise<void> {
  const row = rowOf(nexus);
  await nexus.store.db
    .insertInto("nexus_process")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ time_seen: row.time_seen }))
    .execute();
}

/** Withdraws this process: what it leaves unfinished may be taken over at once. */
export async function withdraw(nexus: NexusContext): Promise<void> {
  await nexus.store.db.deleteFrom("nexus_process").where("id", "=", nexus.processId).execute();
}

/** Owners of unfinished sagas that are not heard of any more. Forgets the rows of processes that died. */
export async function deadOwners(nexus: NexusContext): Promise<string[]> {
  const cutoff = isoAt(nexus, -DEAD_AFTER_MS);
  await nexus.store.db
    .deleteFrom("nexus_process")
    .where("time_seen", "<", cutoff)
    .where("id", "!=", nexus.processId)
    .execute();
  const rows = await nexus.store.db
    .selectFrom("saga")
    .select("owner")
    .distinct()
    .where("state", "in", ["running", "unwinding"])
    .where("owner", "!=", nexus.processId)
    .where("owner", "not in", (eb) => eb.selectFrom("nexus_process").select("id"))
    .execute();
  return rows.map(({ owner }) => owner);
}

function rowOf(nexus: NexusContext): NexusProcessTable {
  const now = isoAt(nexus, 0);
  return { id: nexus.processId, name: nexus.config.processName ?? null, time_started: now, time_seen: now };
}

const isoAt = (nexus: NexusContext, offsetMs: number): string =>
  new Date(nexus.world.clock.now() + offsetMs).toISOString();
