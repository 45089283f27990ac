/** Every row of Nexus' database that means something to anybody, one a line. */
import type { NexusContext, NexusTables } from "@racklet/nexus/testing";

/** Of what was tried, for operators; and numbers that were given out, which nobody gets again. */
const RECORDS = /^(saga|saga_node_event|counter|.*migration.*)$/;
/** Guards against races: they may rise without anything having changed. */
const GUARDS = new Set(["rcgen", "state_gen", "updater_gen", "time_last_used"]);

/** The answer reads the tables anew whenever a row was written since it was last asked. */
export async function nexusDigest({ store: { db } }: NexusContext): Promise<() => Promise<string>> {
  const tables = await tablesOf(db);
  const last = { changes: -1, digest: "" };
  return async () => {
    const changes = await changesOf(db);
    if (changes === last.changes) return last.digest;
    const lines: string[] = [];
    for (const table of tables) {
      for (const row of await db.selectFrom(table).selectAll().execute()) {
        if (isDead(row)) continue;
        const shown = Object.entries(row).filter(([column]) => !GUARDS.has(column));
        lines.push(`${table} ${JSON.stringify(Object.fromEntries(shown))}`);
      }
    }
    last.changes = changes;
    last.digest = lines.sort().join("\n");
    return last.digest;
  };
}

// SQLite's own count of the rows that its one connection has inserted, updated or deleted, those rolled back included.
async function changesOf(db: NexusContext["store"]["db"]): Promise<number> {
  const query = db.selectNoFrom(({ fn }) => fn<number>("total_changes").as("changes"));
  return (await query.executeTakeFirstOrThrow()).changes;
}

// Nobody can see these rows any more; undoing a creation may leave one.
function isDead(row: object): boolean {
  const { time_deleted: deleted, version_removed: removed }: { time_deleted?: unknown; version_removed?: unknown } =
    row;
  return typeof deleted === "string" || typeof removed === "number";
}

async function tablesOf(db: NexusContext["store"]["db"]): Promise<(keyof NexusTables)[]> {
  const tables = await db.introspection.getTables();
  // Nexus' own schema has these and no others.
  return tables.map(({ name }) => name as keyof NexusTables).filter((name) => !RECORDS.test(name));
}
