/** What the propolises of a migration say themselves, asked past Nexus and the sled-agents. */
import { setTimeout as delay } from "node:timers/promises";
import type { RackAddresses } from "../../support/rack.ts";
import { vmmsOf, type SeenVmm } from "../../support/vmms.ts";

/** `before`: it has not begun. */
export const PHASES = [
  "before",
  "Sync",
  "RamPush",
  "Pause",
  "RamPushDirty",
  "Device",
  "RamPull",
  "Server",
  "Finish",
] as const;
export type Phase = (typeof PHASES)[number] | "Error";

/** Of one end of the migration; undefined when nobody answers there. */
export async function phaseOf({ propolis_address: address }: SeenVmm, end: "in" | "out"): Promise<Phase | undefined> {
  const status = await ask(address, "/instance/migration-status");
  if (status === undefined) return undefined;
  return (status[`migration_${end}`] as { readonly state: Phase } | null)?.state ?? "before";
}

export async function stateOf({ propolis_address: address }: SeenVmm): Promise<string> {
  const answer = await ask(address, "/instance");
  return (answer?.["instance"] as { readonly state: string } | undefined)?.state ?? "gone";
}

export interface Followed {
  /** The last phase that was seen, and whether anybody answered at the end. */
  stop(): Promise<{ readonly phase: Phase; readonly answers: boolean }>;
}

/** Watches one end until it is final or nobody is there any more. Its address is wherever Nexus knows it to be by then. */
export function follow(rack: RackAddresses, vmm: SeenVmm, end: "in" | "out"): Followed {
  const state = { stopped: false };
  const following = (async () => {
    let phase: Phase = "before";
    let latest = vmm;
    let wasThere = false;
    let misses = 0;
    for (;;) {
      // Once more after the end was asked for: by then it is as it stays.
      const isLast = state.stopped;
      latest = (await vmmsOf(rack, vmm.instance_id)).find(({ id }) => id === vmm.id) ?? latest;
      const seen = await phaseOf(latest, end);
      phase = seen ?? phase;
      wasThere ||= seen !== undefined;
      misses = seen === undefined ? misses + 1 : 0;
      // One that was there and has gone, and is not just busy.
      const isGone = wasThere && misses >= GONE_AFTER;
      if (isLast || isGone || phase === "Finish" || phase === "Error") return { phase, answers: misses === 0 };
      await delay(5);
    }
  })();
  return {
    stop: () => {
      state.stopped = true;
      return following;
    },
  };
}

const ANSWER_MS = 1_000;
const GONE_AFTER = 3;

async function ask(address: string, path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const headers = { "api-version": "1.0.0" };
    // A server that closes may keep a connection without ever answering on it.
    const response = await fetch(`http://${address}${path}`, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
