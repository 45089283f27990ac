/** An operator gives up a sled: what ran there has failed, and nobody asks it for anything any more. */
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import { notFoundById } from "../errors.ts";
import { takeMulticastGeneration } from "../multicast/generation.ts";
import { ABANDONED_VMM_REAPER, INSTANCE_WATCHER, V2P_MANAGER } from "../tasks/names.ts";
import type { SledRow } from "./register.ts";

/** Answers the sled as it was before. Expunging one that is expunged changes nothing. Throws not-found. */
export async function expungeSled(nexus: NexusContext, id: string): Promise<SledRow> {
  const before = await nexus.store.transaction(async (tx) => {
    const sled = await tx.selectFrom("sled").selectAll().where("id", "=", id).executeTakeFirst();
    if (sled === undefined) throw notFoundById("sled", id);
    if (sled.policy === "expunged") return sled;
    await tx
      .updateTable("sled")
      .set({ policy: "expunged", time_modified: nowText(nexus) })
      .where("id", "=", id)
      .execute();
    await takeMulticastGeneration(tx);
    return sled;
  });
  nexus.applied.forget(id);
  for (const task of [INSTANCE_WATCHER, ABANDONED_VMM_REAPER, V2P_MANAGER]) nexus.tasks.activate(task);
  nexus.multicastChanged();
  return before;
}
