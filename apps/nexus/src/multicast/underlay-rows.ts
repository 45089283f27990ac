/** Gives an external group its group on the underlay, one to one: the row, the link to it and the salt. */
import type { Transaction } from "kysely";
import type { NexusContext } from "../context.ts";
import { nowText } from "../db/now.ts";
import type { NexusTables } from "../db/schema.ts";
import { NexusError } from "../errors.ts";
import { takeMulticastGeneration } from "./generation.ts";
import { SALTS, underlayAddress } from "./underlay.ts";

type Tx = Transaction<NexusTables>;

/** Answers the underlay address; undefined when the group is gone. Repeating it changes nothing. Throws when 256 salts all collide. */
export function ensureUnderlayRow(nexus: NexusContext, groupId: string): Promise<string | undefined> {
  return nexus.store.transaction(async (tx) => {
    const group = await tx
      .selectFrom("multicast_group")
      .leftJoin("underlay_multicast_group as underlay", "underlay.id", "multicast_group.underlay_group_id")
      .select([
        "multicast_group.multicast_ip",
        "multicast_group.tag",
        "underlay_salt",
        "underlay.multicast_ip as mapped",
      ])
      .where("multicast_group.id", "=", groupId)
      .where("multicast_group.time_deleted", "is", null)
      .executeTakeFirst();
    if (group === undefined) return undefined;
    if (group.mapped !== null) return group.mapped;
    const { id, ip, salt } = await claim(nexus, tx, group.multicast_ip, group.tag, group.underlay_salt ?? 0);
    await tx
      .updateTable("multicast_group")
      .set({ underlay_group_id: id, ...(salt === (group.underlay_salt ?? 0) ? {} : { underlay_salt: salt }) })
      .where("id", "=", groupId)
      .where("time_deleted", "is", null)
      .execute();
    return ip;
  });
}

async function claim(
  nexus: NexusContext,
  tx: Tx,
  groupIp: string,
  tag: string,
  first: number,
): Promise<{ id: string; ip: string; salt: number }> {
  for (let tried = 0; tried < SALTS; tried++) {
    const salt = (first + tried) % SALTS;
    const ip = underlayAddress(groupIp, salt);
    const taken = await tx
      .selectFrom("underlay_multicast_group")
      .select(["id", "tag"])
      .where("multicast_ip", "=", ip)
      .where("time_deleted", "is", null)
      .executeTakeFirst();
    if (taken?.tag === tag) return { id: taken.id, ip, salt };
    if (taken !== undefined) continue;
    const id = nexus.world.ids.uuid();
    const now = nowText(nexus);
    const version = await takeMulticastGeneration(tx);
    const row = { id, multicast_ip: ip, tag, time_created: now, time_modified: now, time_deleted: null };
    await tx
      .insertInto("underlay_multicast_group")
      .values({ ...row, version_added: version, version_removed: null })
      .execute();
    return { id, ip, salt };
  }
  throw new NexusError("internal", `no underlay address is free for ${groupIp}: all ${SALTS} salts collide`);
}
