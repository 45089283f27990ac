/**
 * Brings one switch's group `nexus-instances` to Nexus' current version. A pass in which nothing changed costs one small read
 * of the switch and one of the database, and writes nothing; one that was asked for by a change sends it at once.
 */
import { ApiError, UnsupportedVersionError, type DpdClient } from "@racklet/dpd-client";
import type { NexusContext } from "../context.ts";
import { foldChanges } from "./changes.ts";
import { toDpdEntry, type NatEntry } from "./entry.ts";
import { oldDpdGeneration, syncOldDpd, type OldDpdSync } from "./old-dpd.ts";
import { liveEntries, natChanges } from "./rows.ts";
import { planSync, type GroupSeen } from "./sync-plan.ts";
import { currentNatVersion, purgedNatVersion } from "./version.ts";

export const NAT_GROUP = "nexus-instances";
/** More than this many changes are sent as a whole set: they cost about the same. */
const MAX_CHANGES = 10_000;
const CALL_DEADLINE_MS = 5_000;
const BULK_DEADLINE_MS = 60_000;
/** Another Nexus may move the version on between our read and our write; then the plan is made again. */
const ATTEMPTS = 3;

export interface SwitchSync {
  /** Nexus' version that the switch now holds. */
  readonly generation: number;
  readonly action: "none" | "changes" | "whole set";
  readonly added: number;
  readonly retargeted: number;
  readonly removed: number;
  readonly adopted: number;
}

const NOTHING = { added: 0, retargeted: 0, removed: 0, adopted: 0 } as const;

export interface SyncOptions {
  readonly signal: AbortSignal;
  /** The switch was found to differ from what its generation says. */
  readonly distrusted: boolean;
  /** The generation the switch was left at, for changes to be sent without a look: one that is elsewhere refuses them. */
  readonly leftAt: number | undefined;
}

/** Throws what the client throws; nothing is half applied, the next pass starts over. */
export async function syncSwitch(
  nexus: NexusContext,
  dpd: DpdClient,
  { signal, distrusted, leftAt }: SyncOptions,
): Promise<SwitchSync | OldDpdSync> {
  try {
    for (let attempt = 1; ; attempt++) {
      const known = attempt === 1 && !distrusted ? leftAt : undefined;
      const outcome = await syncOnce(nexus, dpd, { signal, distrusted, leftAt: known });
      if (outcome !== "again") return outcome;
      if (attempt === ATTEMPTS) throw new Error(`the NAT version moved on during each of ${ATTEMPTS} attempts`);
    }
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return syncOldDpd(nexus, error.peer, signal);
    throw error;
  }
}

async function syncOnce(
  nexus: NexusContext,
  dpd: DpdClient,
  { signal, distrusted, leftAt }: SyncOptions,
): Promise<SwitchSync | "again"> {
  if (leftAt !== undefined) {
    const { version, purged } = await readVersions(nexus);
    if (leftAt < version && leftAt >= purged) return sendChanges(nexus, dpd, leftAt, signal);
  }
  const group = await findGroup(dpd, signal);
  const { version, purged } = await readVersions(nexus);
  const step = planSync({ version, purged, group, distrusted });
  switch (step.kind) {
    case "in-sync":
      return { generation: version, action: "none", ...NOTHING };
    case "changes":
      return sendChanges(nexus, dpd, step.from, signal);
    case "overtake":
      await advanceVersion(nexus, step.generation + 1);
      return sendWhole(nexus, dpd, signal);
    case "ensure":
      return sendWhole(nexus, dpd, signal);
  }
}

function readVersions(nexus: NexusContext): Promise<{ version: number; purged: number }> {
  return nexus.store.transaction(async (tx) => ({
    version: await currentNatVersion(tx),
    purged: await purgedNatVersion(tx),
  }));
}

export async function findGroup(dpd: DpdClient, signal: AbortSignal): Promise<GroupSeen | undefined> {
  try {
    return await dpd.nat_group_get({ path: { group: NAT_GROUP } }, { signal, deadlineMs: CALL_DEADLINE_MS });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Nexus' version that the switch holds, whether it is sent the entries or fetches them; 0 when it has none. */
export async function appliedGeneration(nexus: NexusContext, dpd: DpdClient, signal: AbortSignal): Promise<number> {
  try {
    return (await findGroup(dpd, signal))?.generation ?? 0;
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return oldDpdGeneration(nexus, error.peer, signal);
    throw error;
  }
}

async function sendChanges(
  nexus: NexusContext,
  dpd: DpdClient,
  from: number,
  signal: AbortSignal,
): Promise<SwitchSync | "again"> {
  const { version, changes } = await nexus.store.transaction(async (tx) => ({
    version: await currentNatVersion(tx),
    changes: await natChanges(tx, from, MAX_CHANGES + 1),
  }));
  if (changes.length > MAX_CHANGES) return sendWhole(nexus, dpd, signal);
  const { upsert, remove } = foldChanges(changes);
  try {
    const { counts } = await dpd.nat_group_changes(
      {
        path: { group: NAT_GROUP },
        body: {
          from_generation: from,
          generation: version,
          upsert: upsert.map(toDpdEntry),
          remove: remove.map((key) => ({ external: key.externalAddress, low: key.firstPort, high: key.lastPort })),
        },
      },
      { signal, deadlineMs: BULK_DEADLINE_MS },
    );
    return { generation: version, action: "changes", ...counts };
  } catch (error) {
    // The switch moved under us, or lost the group: the whole set settles it.
    if (error instanceof ApiError && (error.status === 404 || error.code === "NatGenerationMismatch")) {
      return sendWhole(nexus, dpd, signal);
    }
    throw error;
  }
}

async function sendWhole(nexus: NexusContext, dpd: DpdClient, signal: AbortSignal): Promise<SwitchSync | "again"> {
  const { version, entries } = await readWhole(nexus);
  // A group's generation begins at 1; version 0 has no entries to send.
  if (version === 0) return { generation: 0, action: "none", ...NOTHING };
  try {
    const { counts } = await dpd.nat_group_ensure(
      { path: { group: NAT_GROUP }, body: { generation: version, entries: entries.map(toDpdEntry) } },
      { signal, deadlineMs: BULK_DEADLINE_MS },
    );
    return { generation: version, action: "whole set", ...counts };
  } catch (error) {
    if (error instanceof ApiError && error.code === "NatGenerationStale") return "again";
    throw error;
  }
}

/** Version and live entries that belong together. */
export function readWhole(nexus: NexusContext): Promise<{ version: number; entries: NatEntry[] }> {
  return nexus.store.transaction(async (tx) => ({
    version: await currentNatVersion(tx),
    entries: await liveEntries(tx),
  }));
}

async function advanceVersion(nexus: NexusContext, version: number): Promise<void> {
  await nexus.store.transaction((tx) =>
    tx
      .updateTable("counter")
      .set({ value: version })
      .where("name", "=", "nat_version")
      .where("value", "<", version)
      .execute(),
  );
}
