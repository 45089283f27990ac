/**
 * A dpd that is older than NAT groups fetches the changes from Nexus by itself: all there is to do is to tell it that there
 * are some, and to see how far it is. Version 2 of its API gave the two calls other names.
 */
import { UnsupportedVersionError } from "@racklet/dpd-client";
import { dpdClient as dpdClientV1 } from "@racklet/dpd-client/v1";
import { dpdClient as dpdClientV2 } from "@racklet/dpd-client/v2";
import type { NexusContext } from "../context.ts";

export interface OldDpdSync {
  /** What the dpd reports to have applied. */
  readonly generation: number;
  readonly action: "told to fetch";
}

const CALL_DEADLINE_MS = 5_000;

/** Resolves when the dpd knows that it has something to fetch, not when it has. */
export async function syncOldDpd(nexus: NexusContext, baseUrl: string, signal: AbortSignal): Promise<OldDpdSync> {
  const { v1, v2, options } = clientsOf(nexus, baseUrl, signal);
  await orInVersion1(
    () => v2.nat_trigger_update({}, options),
    () => v1.ipv4_nat_trigger_update({}, options),
  );
  return { generation: await oldDpdGeneration(nexus, baseUrl, signal), action: "told to fetch" };
}

/** The version up to which the dpd has applied every change; 0 when it has none, as after a restart. */
export function oldDpdGeneration(nexus: NexusContext, baseUrl: string, signal: AbortSignal): Promise<number> {
  const { v1, v2, options } = clientsOf(nexus, baseUrl, signal);
  return orInVersion1(
    () => v2.nat_generation({}, options),
    () => v1.ipv4_nat_generation({}, options),
  );
}

function clientsOf({ world }: NexusContext, baseUrl: string, signal: AbortSignal) {
  const client = { baseUrl, world, retries: { attempts: 0 } };
  return { v1: dpdClientV1(client), v2: dpdClientV2(client), options: { signal, deadlineMs: CALL_DEADLINE_MS } };
}

async function orInVersion1<T>(inVersion2: () => Promise<T>, inVersion1: () => Promise<T>): Promise<T> {
  try {
    return await inVersion2();
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return inVersion1();
    throw error;
  }
}
