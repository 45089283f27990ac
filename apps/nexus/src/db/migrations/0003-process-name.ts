/** Which of several Nexus processes a row is about, so that one that is restarted finds what it left. */
import { sql, type Kysely } from "kysely";
import type { Migration } from "@racklet/store";

export const processName: Migration = {
  name: "0003-process-name",
  up: async (db: Kysely<unknown>) => {
    await sql`alter table nexus_process add column name text`.execute(db);
  },
};
