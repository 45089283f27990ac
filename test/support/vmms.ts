/** The VMMs of an instance as Nexus shows them to operators. */
import { setTimeout as delay } from "node:timers/promises";
import type { RackAddresses } from "./rack.ts";

export interface SeenVmm {
  readonly id: string;
  readonly instance_id: string;
  readonly sled_id: string;
  readonly role: "active" | "target" | null;
  readonly state: string;
  readonly reported_state: string;
  readonly source_state: string | null;
  readonly target_state: string | null;
  readonly propolis_address: string;
}

export async function vmmsOf(rack: RackAddresses, instanceId: string): Promise<SeenVmm[]> {
  const response = await fetch(`${rack.nexus.lockstep}/debug/vmms`);
  const all = (await response.json()) as SeenVmm[];
  return all.filter(({ instance_id }) => instance_id === instanceId);
}

export interface Observation {
  readonly vmms: readonly SeenVmm[];
  readonly running: readonly SeenVmm[];
}

export interface Watch {
  /** Everything that was seen, each view once. Throws when nothing was. */
  stop(): Promise<readonly Observation[]>;
}

/** Looks every few milliseconds; a Nexus that is away is not an observation. */
export function watchVmms(rack: RackAddresses, instanceId: string): Watch {
  const seen = new Map<string, Observation>();
  const state = { stopped: false };
  const watching = (async () => {
    while (!state.stopped) {
      const vmms = await vmmsOf(rack, instanceId).catch(() => undefined);
      if (vmms !== undefined) {
        seen.set(JSON.stringify(vmms), { vmms, running: vmms.filter((vmm) => vmm.state === "running") });
      }
      await delay(5);
    }
  })();
  return {
    stop: async () => {
      state.stopped = true;
      await watching;
      if (seen.size === 0) throw new Error("Nexus showed no VMMs all the time");
      return [...seen.values()];
    },
  };
}
