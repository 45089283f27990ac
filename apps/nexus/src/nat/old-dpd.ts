/**
 * A dpd that is older than NAT groups fetches the changes from Nexus by itself: all there is to do is to tell it that there
 * are some, and to see how far it is.
 */
import { dpdClient } from "@racklet/dpd-client/v2";
import type { NexusContext } from "../context.ts";

export interface OldDpdSync {
  /** What the dpd reports to have applied. */
  readonly generation: number;
  readonly action: "told to fetch";
}

const CALL_DEADLINE_MS = 5_000;

export async function syncOldDpd(nexus: NexusContext, baseUrl: string, signal: AbortSignal): Promise<OldDpdSync> {
  const dpd = dpdClient({ baseUrl, world: nexus.world });
  await dpd.nat_trigger_update({}, { signal, deadlineMs: CALL_DEADLINE_MS });
  return {
    generation: await dpd.nat_generation({}, { signal, deadlineMs: CALL_DEADLINE_MS }),
    action: "told to fetch",
  };
}
