/** Holds a switch to a set of NAT entries with one request: the group `omicron-services`, in the configuration's generation. */
import { ApiError, type DpdClient, type Schemas } from "@racklet/dpd-client";
import { entriesOverlap, entryFromDpd, entryKey, entryToDpd, type NatEntry } from "./nat-entry.ts";
import { vnisOf } from "./nat-by-list.ts";
import type { NatTable } from "./nat-table.ts";

export const SERVICE_GROUP = "omicron-services";

export type GroupReport =
  | {
      readonly method: "group";
      readonly generation: number;
      readonly outcome: Schemas["NatGroupEnsureResult"]["outcome"];
      readonly counts: Schemas["NatGroupCounts"];
      /** Of an older rack's entries, those that were in the way. */
      readonly cleared: readonly NatEntry[];
    }
  /** Somebody wrote a newer set: what this sled wants is no longer asked for. */
  | { readonly method: "group"; readonly outcome: "superseded"; readonly generation: number };

export interface GroupRequest {
  readonly dpd: DpdClient;
  readonly table: NatTable;
  readonly generation: number;
  readonly wanted: readonly NatEntry[];
  readonly signal: AbortSignal;
}

/**
 * Entries that an older rack made one by one are taken over where they are the same, and give way where they are in the
 * way. Rejects with dpd's own words when the set is of our generation but not ours, or another group's entry is in the way.
 */
export async function applyByGroup(request: GroupRequest): Promise<GroupReport> {
  try {
    return await ensure(request, []);
  } catch (error) {
    if (!isCode(error, "NatEntryConflict")) throw error;
    const inTheWay = (await strangers(request)).filter((entry) =>
      request.wanted.some((wanted) => entriesOverlap(entry, wanted)),
    );
    if (inTheWay.length === 0) throw error;
    for (const entry of inTheWay) await request.table.remove(entry, request.signal);
    return await ensure(request, inTheWay);
  }
}

/** Removes what an older rack left of services that are no more; answers it. */
export async function removeLeftovers(request: GroupRequest): Promise<NatEntry[]> {
  const leftovers = await strangers(request);
  for (const entry of leftovers) await request.table.remove(entry, request.signal);
  return leftovers;
}

/** The generation that the switch holds; undefined when it has no such group. */
export async function heldGeneration(dpd: DpdClient, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await dpd.nat_group_get({ path: { group: SERVICE_GROUP } }, { signal })).generation;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function ensure(
  { dpd, generation, wanted, signal }: GroupRequest,
  cleared: readonly NatEntry[],
): Promise<GroupReport> {
  try {
    const { outcome, counts } = await dpd.nat_group_ensure(
      { path: { group: SERVICE_GROUP }, body: { generation, entries: wanted.map(entryToDpd) } },
      { signal },
    );
    return { method: "group", generation, outcome, counts, cleared };
  } catch (error) {
    if (isCode(error, "NatGenerationStale")) return { method: "group", outcome: "superseded", generation };
    throw error;
  }
}

/** Entries of the services' networks that are not wanted and that no group owns. */
async function strangers({ dpd, table, wanted, signal }: GroupRequest): Promise<NatEntry[]> {
  const wantedKeys = new Set(wanted.map(entryKey));
  const found = (await table.list(vnisOf(wanted), signal)).filter((entry) => !wantedKeys.has(entryKey(entry)));
  // Groups are long, and there is nearly always nothing to look for in them.
  if (found.length === 0) return [];
  const owned = new Set<string>();
  for await (const { group } of dpd.pages.nat_group_list({}, { signal })) {
    for await (const entry of dpd.pages.nat_group_entries_list({ path: { group } }, { signal })) {
      owned.add(entryKey(entryFromDpd(entry)));
    }
  }
  return found.filter((entry) => !owned.has(entryKey(entry)));
}

const isCode = (error: unknown, code: string): boolean => error instanceof ApiError && error.code === code;
