/** The launcher with Nexus on PostgreSQL. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { migrations, type NexusTables } from "@racklet/nexus/testing";
import { openStore } from "@racklet/store";
import { storeLegs } from "@racklet/store/testing";
import { realWorld } from "@racklet/world";
import { describe, expect, it } from "vitest";
import { startRack } from "../support/rack.ts";

const DEADLINE = 60_000;

describe.each(storeLegs().filter(({ shared }) => shared))("racklet up --database on $name", (leg) => {
  it("keeps everything there, and nothing of it in the directory of the rack", { timeout: DEADLINE }, async () => {
    const database = await leg.fresh();
    const rack = await startRack("--sleds", "1", "--in-process", "--database", database.url);
    try {
      expect(existsSync(join(rack.dataDir, "nexus.db"))).toBe(false);
      const store = await openStore<NexusTables>({ url: database.url, migrations, world: realWorld({ name: "test" }) });
      const sleds = await store.db.selectFrom("sled").select("id").execute();
      await store.close();
      expect(sleds).toEqual(rack.sled_agents.map(({ id }) => ({ id })));
    } finally {
      await rack.stop();
      await database.dispose();
    }
  });
});
