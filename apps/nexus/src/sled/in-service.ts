import type { Kysely } from "kysely";
import { literal } from "../db/literal.ts";
import type { NexusTables } from "../db/schema.ts";
import type { SledPeer } from "../peers/sled-agent.ts";

/** Those whose networks are Nexus' to look after. */
export function sledsInService(db: Kysely<NexusTables>): Promise<SledPeer[]> {
  return db
    .selectFrom("sled")
    .select(["id", "sled_agent_address"])
    .where("policy", "=", "in_service")
    .where("state", "=", literal("active"))
    .orderBy("id")
    .execute();
}
