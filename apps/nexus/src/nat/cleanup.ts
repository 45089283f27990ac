/** Purges tombstones that every switch has seen the end of and that are old enough for nobody to ask about them. */
import type { NexusContext } from "../context.ts";
import { currentNatVersion } from "./version.ts";

const RETENTION_MS = 14 * 24 * 60 * 60 * 1000;

/** `applied`: the generation that each switch holds. Answers how many rows went. */
export async function purgeTombstones(nexus: NexusContext, applied: readonly number[]): Promise<number> {
  const cutoff = new Date(nexus.world.clock.now() - RETENTION_MS).toISOString();
  return nexus.store.transaction(async (tx) => {
    const seen = Math.min(await currentNatVersion(tx), ...applied);
    const gone = await tx
      .deleteFrom("nat_entry")
      .where("version_removed", "<", seen)
      .where("time_deleted", "<", cutoff)
      .returning("version_removed")
      .execute();
    const newest = Math.max(0, ...gone.map(({ version_removed }) => version_removed ?? 0));
    if (newest > 0) {
      await tx
        .insertInto("counter")
        .values({ name: "nat_purged", value: newest })
        .onConflict((conflict) =>
          conflict.column("name").doUpdateSet({ value: newest }).where("counter.value", "<", newest),
        )
        .execute();
    }
    return gone.length;
  });
}
