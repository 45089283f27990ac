/**
 * A transaction that changes groups or members. It takes one number of `multicast_generation`, when the first change is made;
 * none when nothing changes.
 */
import type { Transaction } from "kysely";
import { UniqueViolation } from "@racklet/store";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { allocation } from "../external-ip/one-at-a-time.ts";
import { takeMulticastGeneration } from "./generation.ts";

export interface MulticastWriter {
  readonly nexus: NexusContext;
  readonly tx: Transaction<NexusTables>;
  readonly now: string;
  /** Asked by whatever changes something. */
  generation(): Promise<number>;
  readonly changed: boolean;
}

/** For a transaction that the caller runs: afterwards, `changed` says whether to tell `nexus.multicastChanged()`. */
export function multicastWriter(nexus: NexusContext, tx: Transaction<NexusTables>): MulticastWriter {
  let taken: Promise<number> | undefined;
  return {
    nexus,
    tx,
    now: nowText(nexus),
    generation: () => (taken ??= takeMulticastGeneration(tx)),
    get changed() {
      return taken !== undefined;
    },
  };
}

const MAX_LOST_RACES = 5;

/**
 * Those of one process queue up, as all of them take the next number; whoever loses a name or an address to another process
 * looks again and finds the other's group. Tells the reconciler when something changed.
 */
export async function writeMulticast<T>(
  nexus: NexusContext,
  work: (writer: MulticastWriter) => Promise<T>,
): Promise<T> {
  for (let lost = 0; ; lost++) {
    let changed = false;
    try {
      const result = await allocation(nexus, async (tx) => {
        const writer = multicastWriter(nexus, tx);
        const done = await work(writer);
        changed = writer.changed;
        return done;
      });
      if (changed) nexus.multicastChanged();
      return result;
    } catch (error) {
      if (!(error instanceof UniqueViolation) || lost === MAX_LOST_RACES) throw error;
    }
  }
}
