/** Reads and writes of the `nat_entry` table. A removed entry stays as a tombstone until every switch has seen its removal. */
import { sql, type Kysely, type Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { ipSort } from "../db/ip-sort.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { natKeyText, sameTarget, type NatChange, type NatEntry, type NatKey } from "./entry.ts";
import { takeNatVersions } from "./version.ts";

type Tx = Transaction<NexusTables>;

const COLUMNS = [
  "external_address as externalAddress",
  "first_port as firstPort",
  "last_port as lastPort",
  "sled_address as sledAddress",
  "vni",
  "mac",
] as const;

/** Every live entry, by address and port. */
export function liveEntries(db: Kysely<NexusTables>): Promise<NatEntry[]> {
  return db
    .selectFrom("nat_entry")
    .select(COLUMNS)
    .where("version_removed", "is", null)
    .orderBy("address_sort")
    .orderBy("first_port")
    .execute();
}

/**
 * What changed after version `from`, oldest first, at most `limit` rows. Each entry shows once: at its removal when it was
 * removed, else at its addition. So a removal may name an entry that the reader never saw.
 */
export async function natChanges(db: Kysely<NexusTables>, from: number, limit: number): Promise<NatChange[]> {
  const version = sql<number>`coalesce(version_removed, version_added)`;
  const rows = await db
    .selectFrom("nat_entry")
    .select([...COLUMNS, version.as("version"), "version_removed"])
    .where(version, ">", from)
    .orderBy(version)
    .limit(limit)
    .execute();
  return rows.map(({ version_removed, ...entry }) => ({ ...entry, deleted: version_removed !== null }));
}

/** Makes exactly `wanted` live on the keys it names; entries that are so already cost no version. Answers how many changed. */
export async function putEntries(nexus: NexusContext, tx: Tx, wanted: readonly NatEntry[]): Promise<number> {
  const live = await liveOn(tx, wanted);
  const stale = wanted.flatMap((entry) => overlapping(live, entry).filter((row) => !isSame(row, entry)));
  const held = new Set(live.filter((row) => wanted.some((entry) => isSame(row, entry))).map(natKeyText));
  const missing = wanted.filter((entry) => !held.has(natKeyText(entry)));
  await removeRows(nexus, tx, stale);
  if (missing.length === 0) return stale.length;
  const first = await takeNatVersions(tx, missing.length);
  const now = nowText(nexus);
  await tx
    .insertInto("nat_entry")
    .values(
      missing.map((entry, i) => ({
        id: nexus.world.ids.uuid(),
        external_address: entry.externalAddress,
        address_sort: ipSort(entry.externalAddress),
        first_port: entry.firstPort,
        last_port: entry.lastPort,
        sled_address: entry.sledAddress,
        vni: entry.vni,
        mac: entry.mac,
        version_added: first + i,
        version_removed: null,
        time_created: now,
        time_deleted: null,
      })),
    )
    .execute();
  return stale.length + missing.length;
}

/** Removes whatever is live on exactly these keys; absent ones are fine. Answers how many were there. */
export async function removeEntries(nexus: NexusContext, tx: Tx, keys: readonly NatKey[]): Promise<number> {
  const named = new Set(keys.map(natKeyText));
  const rows = (await liveOn(tx, keys)).filter((row) => named.has(natKeyText(row)));
  await removeRows(nexus, tx, rows);
  return rows.length;
}

type LiveRow = NatEntry & { readonly id: string };

async function liveOn(tx: Tx, keys: readonly NatKey[]): Promise<LiveRow[]> {
  if (keys.length === 0) return [];
  return tx
    .selectFrom("nat_entry")
    .select(["id", ...COLUMNS])
    .where("address_sort", "in", [...new Set(keys.map((key) => ipSort(key.externalAddress)))])
    .where("version_removed", "is", null)
    .orderBy("address_sort")
    .orderBy("first_port")
    .execute();
}

async function removeRows(nexus: NexusContext, tx: Tx, rows: readonly LiveRow[]): Promise<void> {
  if (rows.length === 0) return;
  const first = await takeNatVersions(tx, rows.length);
  const now = nowText(nexus);
  for (const [i, { id }] of rows.entries()) {
    await tx
      .updateTable("nat_entry")
      .set({ version_removed: first + i, time_deleted: now })
      .where("id", "=", id)
      .execute();
  }
}

// A leftover on the same address and ports loses: two live entries for one port would be a conflict in every switch.
function overlapping(live: readonly LiveRow[], entry: NatEntry): LiveRow[] {
  return live.filter(
    (row) =>
      row.externalAddress === entry.externalAddress &&
      row.firstPort <= entry.lastPort &&
      entry.firstPort <= row.lastPort,
  );
}

const isSame = (a: NatEntry, b: NatEntry): boolean => natKeyText(a) === natKeyText(b) && sameTarget(a, b);
